import { showCount } from './show.ts';
import { TextError } from './text-error.ts';
import type { TokenIds } from './token-ids.ts';

export interface BpttBatchesOptions {
  /** N, the number of streams read side by side. */
  readonly batchSize?: number;
  /** T, the number of time steps in a batch. */
  readonly timeSize?: number;
}

/**
 * The mini-batches of truncated backpropagation through time, as in the book "Deep Learning from Scratch 2".
 *
 * N streams begin at equal distances in the text. Each batch reads the next T tokens of every stream, so that row i of
 * one batch goes on where row i of the batch before it ended, and a hidden state can be carried along. At the end of
 * the text a stream goes on at its beginning.
 *
 * Evaluation needs no other class: over one epoch from position 0 no stream reaches the end of the text, so that
 * `batchSize: 10` yields just what the book's `eval_perplexity` reads.
 */
export class BpttBatches {
  readonly batchSize: number;
  readonly timeSize: number;
  /** Batches in which each stream reaches the beginning of the next one, give or take a part of a batch. */
  readonly stepsPerEpoch: number;
  readonly #ids: TokenIds;
  readonly #dataSize: number;
  readonly #jump: number;
  #position = 0;

  /**
   * @param ids the whole text, at least N * T + 1 tokens; used in place, not copied
   * @throws {TextError} if a size is not an integer of at least 1, or the text is shorter than one batch
   */
  constructor(ids: TokenIds, { batchSize = 20, timeSize = 35 }: BpttBatchesOptions = {}) {
    checkSize('batchSize', batchSize);
    checkSize('timeSize', timeSize);
    const dataSize = ids.length - 1; // The last token is only ever a target.
    const stepsPerEpoch = Math.floor(dataSize / (batchSize * timeSize));
    if (stepsPerEpoch < 1) {
      throw new TextError(
        `BpttBatches: expected at least ${showCount(batchSize * timeSize + 1)} tokens for batchSize ${batchSize} ` +
          `and timeSize ${timeSize}, got ${showCount(ids.length)}. Use a longer text, or a smaller batchSize or timeSize.`,
      );
    }
    this.batchSize = batchSize;
    this.timeSize = timeSize;
    this.stepsPerEpoch = stepsPerEpoch;
    this.#ids = ids;
    this.#dataSize = dataSize;
    this.#jump = Math.floor(dataSize / batchSize);
  }

  /**
   * Time steps that every stream has read since the beginning. It keeps growing over the epochs; set it to go on from
   * where another run stopped.
   */
  get position(): number {
    return this.#position;
  }

  set position(position: number) {
    if (!Number.isSafeInteger(position) || position < 0) {
      throw new TextError(`BpttBatches.position: expected an integer of at least 0, got ${position}`);
    }
    this.#position = position;
  }

  /** Back to the beginning of every stream. */
  reset(): void {
    this.#position = 0;
  }

  /**
   * Fills the inputs and the targets of the next batch, both (N, T) in row-major order; targets are one token ahead.
   *
   * @throws {TextError} if a buffer does not have N * T items
   */
  next(xs: Int32Array, ts: Int32Array): void {
    const { batchSize: N, timeSize: T } = this;
    if (xs.length !== N * T || ts.length !== N * T) {
      throw new TextError(
        `BpttBatches.next: expected xs and ts (${N}, ${T}) of ${N * T} ids each, got ${xs.length} and ${ts.length}`,
      );
    }
    const ids = this.#ids;
    for (let i = 0; i < N; i++) {
      let from = (i * this.#jump + this.#position) % this.#dataSize;
      for (let t = 0; t < T; t++) {
        xs[i * T + t] = ids[from];
        ts[i * T + t] = ids[from + 1];
        if (++from === this.#dataSize) from = 0;
      }
    }
    this.#position += T;
  }
}

function checkSize(name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new TextError(`BpttBatches: expected ${name} to be an integer of at least 1, got ${size}`);
  }
}
