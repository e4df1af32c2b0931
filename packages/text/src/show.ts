const LONGEST_SHOWN = 40;

/** A token in quotes for an error message, on one line and not endless. */
export function showToken(token: string): string {
  return JSON.stringify(token.length > LONGEST_SHOWN ? `${token.slice(0, LONGEST_SHOWN)}…` : token);
}

/** A whole number with commas, the same in every locale: 929,589. */
export function showCount(count: number): string {
  return count.toLocaleString('en-US');
}
