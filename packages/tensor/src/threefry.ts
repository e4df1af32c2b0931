import { ValueError } from './errors.ts';

const PARITY = 0x1bd11bda;

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
  // Whole numbers of 32 bits throughout, and rotations by constants: an engine keeps all of it in registers.
  let a = key0 | 0;
  let b = key1 | 0;
  let c = key0 ^ key1 ^ PARITY;
  let x = (counter0 + a) | 0;
  let y = (counter1 + b) | 0;
  for (let group = 0; group < 5; group++) {
    if (group % 2 === 0) {
      x = (x + y) | 0;
      y = rotate(y, 13) ^ x;
      x = (x + y) | 0;
      y = rotate(y, 15) ^ x;
      x = (x + y) | 0;
      y = rotate(y, 26) ^ x;
      x = (x + y) | 0;
      y = rotate(y, 6) ^ x;
    } else {
      x = (x + y) | 0;
      y = rotate(y, 17) ^ x;
      x = (x + y) | 0;
      y = rotate(y, 29) ^ x;
      x = (x + y) | 0;
      y = rotate(y, 16) ^ x;
      x = (x + y) | 0;
      y = rotate(y, 24) ^ x;
    }
    const first = a;
    a = b;
    b = c;
    c = first;
    x = (x + a) | 0;
    y = (y + b + group + 1) | 0;
  }
  out[0] = x;
  out[1] = y;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The two key words of a seed, a whole number from 0 to 2^53 - 1. */
export function keyOf(seed: number): readonly [low: number, high: number] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ValueError(`seed: expected a whole number from 0 to 2^53 - 1, got ${seed}`);
  }
  return [seed >>> 0, Math.floor(seed / 0x100000000)];
}
