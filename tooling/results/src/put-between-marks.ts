export const marks = ['<!-- results: begin -->', '<!-- results: end -->'] as const;

/** A text with a table in the place that two marks enclose; undefined if they are not there, in this order. */
export function putBetweenMarks(text: string, table: string): string | undefined {
  const begin = text.indexOf(marks[0]);
  const end = text.indexOf(marks[1], begin);
  if (begin < 0 || end < 0) return undefined;
  return `${text.slice(0, begin + marks[0].length)}\n\n${table}\n\n${text.slice(end)}`;
}
