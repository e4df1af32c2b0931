/**
 * JSON that may stand in a script element: nothing in it ends the element or begins a comment, and it is JavaScript too, in
 * which U+2028 and U+2029 once ended a line.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
