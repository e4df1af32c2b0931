import { uniformAt } from './uniform-at.ts';

/** No block is shorter, but for the last of an epoch. */
export const SHORTEST = 5;

/** No block is longer than T and this: four deviations, beyond which there would be one in 30,000. */
export const LONGER = 20;

const DEVIATION = 5;

/**
 * Cuts streams into blocks of random lengths, as Merity, Keskar and Socher do (2018, arXiv:1708.02182, section 4.1): around T with
 * probability 0.95, else around T / 2, normal with a deviation of 5. The last block of an epoch is what remains of the stream.
 */
export class RandomLengths {
  readonly #seed: number;
  readonly #timeSize: number;
  readonly #epochSize: number;
  /** Of one epoch, by where in it the block begins. */
  #known: { readonly epoch: number; readonly lengths: ReadonlyMap<number, number> } | undefined;

  /**
   * @param timeSize T, which most lengths are near
   * @param epochSize what the lengths of each epoch add up to
   */
  constructor(seed: number, timeSize: number, epochSize: number) {
    this.#seed = seed;
    this.#timeSize = timeSize;
    this.#epochSize = epochSize;
  }

  /** Of the block that begins at this time step; undefined if none does. */
  at(position: number): number | undefined {
    const within = position % this.#epochSize;
    return this.#lengthsOf((position - within) / this.#epochSize).get(within);
  }

  /** How many blocks an epoch has, counted from 0. */
  blocksIn(epoch: number): number {
    return this.#lengthsOf(epoch).size;
  }

  #lengthsOf(epoch: number): ReadonlyMap<number, number> {
    if (this.#known?.epoch === epoch) return this.#known.lengths;
    const lengths = new Map<number, number>();
    for (let from = 0; from < this.#epochSize; ) {
      const length = Math.min(this.#draw(epoch, lengths.size), this.#epochSize - from);
      lengths.set(from, length);
      from += length;
    }
    this.#known = { epoch, lengths };
    return lengths;
  }

  #draw(epoch: number, block: number): number {
    const uniform = (which: number) => uniformAt(this.#seed, epoch, block, which);
    const centre = uniform(0) < 0.95 ? this.#timeSize : this.#timeSize / 2;
    // Box and Muller, 1958.
    const normal = Math.sqrt(-2 * Math.log(1 - uniform(1))) * Math.cos(2 * Math.PI * uniform(2));
    const length = Math.round(centre + DEVIATION * normal);
    return Math.min(Math.max(length, SHORTEST), this.#timeSize + LONGER);
  }
}
