/** Two ids as one number, for a Map; ids stay below 2^26. */
export function pairKey(left: number, right: number): number {
  return left * 2 ** 26 + right;
}
