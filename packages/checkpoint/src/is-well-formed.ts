/** False for a string with half a surrogate pair, which has no UTF-8 form. (`String.isWellFormed` is not in ES2022.) */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
