import { LONGER, RandomLengths, SHORTEST } from './random-lengths.ts';
import { showCount } from './show.ts';
import { TextError } from './text-error.ts';
import type { TokenIds } from './token-ids.ts';
import { uniformAt } from './uniform-at.ts';

/** Epochs whose batches of random lengths are counted one by one. */
const MOST_COUNTED = 1000;

export interface BpttBatchesOptions {
  /** N, the number of streams read side by side. */
  readonly batchSize?: number;
  /** T, the number of time steps in a batch. */
  readonly timeSize?: number;
  /**
   * Draws the length of every batch, mostly near T, so that the text is cut elsewhere in every epoch (Merity, Keskar, Socher 2018,
   * arXiv:1708.02182, section 4.1). T is 5 at least.
   */
  readonly randomLength?: boolean;
  /** Draws, for every epoch, where in the text its streams begin. */
  readonly randomStart?: boolean;
  /** Of all that is drawn: a whole number from 0. */
  readonly seed?: number;
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
 *
 * With `randomLength` an epoch ends where each stream has just reached the beginning of the next one, and its last batch is as short
 * as that takes. With `randomStart` an epoch does not go on where the one before it ended: see `continues`. All that is drawn follows
 * from the seed and the number of the epoch, so that `position` is still all there is to restore.
 */
export class BpttBatches {
  readonly batchSize: number;
  readonly timeSize: number;
  /** The most time steps that a batch can have: T, or with random lengths T + 20. */
  readonly maxTimeSize: number;
  /**
   * Batches in which each stream reaches the beginning of the next one, give or take a part of a batch. With random lengths, those of
   * the first epoch; others have a few more or fewer.
   */
  readonly stepsPerEpoch: number;
  readonly #ids: TokenIds;
  readonly #dataSize: number;
  readonly #jump: number;
  /** Time steps of an epoch. */
  readonly #epochSize: number;
  /** Undefined: all are T. */
  readonly #lengths: RandomLengths | undefined;
  readonly #randomStart: boolean;
  readonly #seed: number;
  #position = 0;

  /**
   * @param ids the whole text, at least N * T + 1 tokens; used in place, not copied
   * @throws {TextError} if a size is not an integer of at least 1 (T of at least 5 for random lengths), the seed not one from 0, or
   * the text is shorter than one batch
   */
  constructor(
    ids: TokenIds,
    {
      batchSize = 20,
      timeSize = 35,
      randomLength = false,
      randomStart = false,
      seed = 0,
    }: BpttBatchesOptions = {},
  ) {
    checkInteger('BpttBatches', 'batchSize', batchSize, 1);
    checkInteger('BpttBatches', 'timeSize', timeSize, randomLength ? SHORTEST : 1);
    checkInteger('BpttBatches', 'seed', seed, 0);
    const dataSize = ids.length - 1; // The last token is only ever a target.
    const jump = Math.floor(dataSize / batchSize);
    const wholeBatches = Math.floor(jump / timeSize);
    if (wholeBatches < 1) {
      throw new TextError(
        `BpttBatches: expected at least ${showCount(batchSize * timeSize + 1)} tokens for batchSize ${batchSize} ` +
          `and timeSize ${timeSize}, got ${showCount(ids.length)}. Use a longer text, or a smaller batchSize or timeSize.`,
      );
    }
    this.batchSize = batchSize;
    this.timeSize = timeSize;
    this.maxTimeSize = randomLength ? timeSize + LONGER : timeSize;
    this.#ids = ids;
    this.#dataSize = dataSize;
    this.#jump = jump;
    this.#epochSize = randomLength ? jump : wholeBatches * timeSize;
    this.#lengths = randomLength ? new RandomLengths(seed, timeSize, jump) : undefined;
    this.#randomStart = randomStart;
    this.#seed = seed;
    this.stepsPerEpoch = this.#lengths?.blocksIn(0) ?? wholeBatches;
  }

  /**
   * Time steps that every stream has read since the beginning. It keeps growing over the epochs; set it to go on from
   * where another run stopped.
   */
  get position(): number {
    return this.#position;
  }

  /** @throws {TextError} if it is not an integer of at least 0, or, with random lengths, if no batch begins there */
  set position(position: number) {
    checkInteger('BpttBatches.position', '', position, 0);
    if (this.#lengths && this.#lengths.at(position) === undefined) {
      throw new TextError(
        `BpttBatches.position: expected where a batch begins, got ${position}; is it of another text, size or seed?`,
      );
    }
    this.#position = position;
  }

  /** How many epochs were read, the one at hand not counted. */
  get epoch(): number {
    return Math.floor(this.#position / this.#epochSize);
  }

  /** T of the next batch. */
  get nextTimeSize(): number {
    return this.#lengths?.at(this.#position) ?? this.timeSize;
  }

  /**
   * Do the rows of the next batch go on where those of the batch before it ended? If not, which is when an epoch of `randomStart`
   * begins, a state that was carried up to here belongs to other text: reset it, as is usual between epochs.
   */
  get continues(): boolean {
    return !(this.#randomStart && this.#position % this.#epochSize === 0);
  }

  /**
   * How many batches so many epochs have, from position 0 on. With random lengths, those of the first thousand epochs are counted, and
   * more of them have as many on average.
   */
  stepsIn(epochs: number): number {
    if (!this.#lengths) return epochs * this.stepsPerEpoch;
    const counted = Math.min(epochs, MOST_COUNTED);
    let steps = 0;
    for (let epoch = 0; epoch < counted; epoch++) steps += this.#lengths.blocksIn(epoch);
    return epochs > counted ? Math.round((steps / counted) * epochs) : steps;
  }

  /** In which epoch, counted from 1, so many batches from position 0 on end: `stepsIn` the other way round. */
  epochsFor(steps: number): number {
    if (!this.#lengths) return Math.ceil(steps / this.stepsPerEpoch);
    let counted = 0;
    for (let epoch = 0; epoch < MOST_COUNTED; epoch++) {
      counted += this.#lengths.blocksIn(epoch);
      if (counted >= steps) return epoch + 1;
    }
    return Math.ceil((steps / counted) * MOST_COUNTED);
  }

  /** Back to the beginning of every stream. */
  reset(): void {
    this.#position = 0;
  }

  /**
   * Fills the inputs and the targets of the next batch, both (N, T) in row-major order; targets are one token ahead.
   *
   * @throws {TextError} if a buffer does not have N * T items; T is `nextTimeSize`
   */
  next(xs: Int32Array, ts: Int32Array): void {
    const { batchSize: N, nextTimeSize: T } = this;
    if (xs.length !== N * T || ts.length !== N * T) {
      throw new TextError(
        `BpttBatches.next: expected xs and ts (${N}, ${T}) of ${N * T} ids each, got ${xs.length} and ${ts.length}`,
      );
    }
    const ids = this.#ids;
    const first = this.#firstPlace();
    for (let i = 0; i < N; i++) {
      let from = (i * this.#jump + first) % this.#dataSize;
      for (let t = 0; t < T; t++) {
        xs[i * T + t] = ids[from];
        ts[i * T + t] = ids[from + 1];
        if (++from === this.#dataSize) from = 0;
      }
    }
    this.#position += T;
  }

  /** Where in the text the first row of the next batch begins; it may be past the end, and then goes round. */
  #firstPlace(): number {
    if (!this.#randomStart) return this.#position;
    const start = Math.floor(uniformAt(this.#seed, this.epoch) * this.#dataSize);
    return start + (this.#position % this.#epochSize);
  }
}

function checkInteger(operation: string, name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    const what = name === '' ? '' : `${name} to be `;
    throw new TextError(`${operation}: expected ${what}an integer of at least ${least}, got ${value}`);
  }
}
