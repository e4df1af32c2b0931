/**
 * A number from 0 up to, but not including, 1 that follows from these alone: the same in every run, in whatever order they are asked
 * for, so that nothing has to be kept to go on. Each number in turn is mixed in by the finalizer of MurmurHash3 (Appleby 2011).
 *
 * @param numbers whole numbers from 0 to 2^53 - 1
 */
export function uniformAt(...numbers: readonly number[]): number {
  let hash = 0;
  for (const number of numbers) {
    hash = mix(hash ^ (number >>> 0));
    hash = mix(hash ^ Math.floor(number / 2 ** 32));
  }
  return (hash >>> 0) * 2 ** -32;
}

function mix(word: number): number {
  // What is added keeps a word of zeros from staying one.
  let h = (word + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
