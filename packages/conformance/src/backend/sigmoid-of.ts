/** As the contract writes it: in double precision an overflow of the exponential gives the right 0. */
export function sigmoidOf(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
