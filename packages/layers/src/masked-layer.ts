import { type Tensor, ValueError } from '@unroll/tensor';

/** Masks come from the upper half of a seed's streams, so that they have nothing in common with weights of the same seed. */
const FIRST_STREAM = 2 ** 31;

/**
 * What all layers that drop something have in common. A mask sets an element to zero with probability `ratio` and divides
 * the others by `1 - ratio`, so that nothing is to be scaled when not training.
 *
 * The mask follows from `seed` and `calls` alone and is not stored.
 */
export abstract class MaskedLayer {
  readonly ratio: number;
  readonly seed: number;
  /** How often `forward` drew a mask: the position of the next one. Save it to go on with the same masks. */
  calls = 0;
  /** When false, nothing is dropped. */
  training = true;
  /** Which mask the last forward drew; undefined if it needed none. */
  #call: number | undefined;

  /** @throws ValueError if the ratio is not from 0 up to, but not including, 1 */
  constructor(ratio: number, seed: number) {
    this.ratio = this.#expectRatio(ratio);
    this.seed = seed;
  }

  /** Draws the mask of a block. */
  protected draw(): void {
    this.#call = this.training && this.ratio > 0 ? this.calls++ : undefined;
  }

  /** Whether there is anything to drop since the last `draw`. */
  protected get drops(): boolean {
    return this.#call !== undefined;
  }

  /** out = x under the mask that was drawn last, if there is anything to drop */
  protected mask(out: Tensor, x: Tensor): void {
    if (this.#call !== undefined) x.backend.dropout(out, x, this.ratio, this.seed, FIRST_STREAM + this.#call);
  }

  protected abstract get name(): string;

  #expectRatio(ratio: number): number {
    if (ratio >= 0 && ratio < 1) return ratio;
    throw new ValueError(`${this.name}: expected a ratio from 0 up to 1, without 1, got ${ratio}`);
  }
}
