import { ValueError } from './errors.ts';

const PARITY = 0x1bd11bda;
/** How far the second word is turned in each round of a group of four; the groups take turns. */
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/**
 * Threefry-2x32 with 20 rounds: a cipher that turns a counter into two random words. Same key and counter, same words,
 * on every machine and backend; any element of a stream can be had without the ones before it.
 *
 * Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC 2011.
 *
 * @param out two words, written in place so that a loop makes no garbage
 */
export function threefry2x32(
  out: Uint32Array,
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): void {
  let [a, b, c] = [key0, key1, key0 ^ key1 ^ PARITY];
  let x = (counter0 + a) | 0;
  let y = (counter1 + b) | 0;
  for (let group = 0; group < 5; group++) {
    const [r0, r1, r2, r3] = ROTATIONS[group & 1];
    x = (x + y) | 0;
    y = ((y << r0) | (y >>> (32 - r0))) ^ x;
    x = (x + y) | 0;
    y = ((y << r1) | (y >>> (32 - r1))) ^ x;
    x = (x + y) | 0;
    y = ((y << r2) | (y >>> (32 - r2))) ^ x;
    x = (x + y) | 0;
    y = ((y << r3) | (y >>> (32 - r3))) ^ x;
    [a, b, c] = [b, c, a];
    x = (x + a) | 0;
    y = (y + b + group + 1) | 0;
  }
  out[0] = x;
  out[1] = y;
}

/** The two key words of a seed, a whole number from 0 to 2^53 - 1. */
export function keyOf(seed: number): readonly [low: number, high: number] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ValueError(`seed: expected a whole number from 0 to 2^53 - 1, got ${seed}`);
  }
  return [seed >>> 0, Math.floor(seed / 0x100000000)];
}
