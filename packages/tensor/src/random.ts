import { ValueError } from './errors.ts';
import { keyOf, threefry2x32 } from './threefry.ts';

/** What `Random.state` gives and `Random.restore` takes; plain numbers, fit for JSON. */
export interface RandomState {
  readonly seed: number;
  readonly stream: number;
  /** How many words were drawn. */
  readonly drawn: number;
}

/**
 * Random numbers from a seed: a Threefry stream, so that seed, stream and the count of words drawn are its whole state.
 * Different streams of one seed are independent: weights from one, samples from another.
 */
export class Random {
  readonly seed: number;
  readonly stream: number;
  readonly #key: readonly [number, number];
  readonly #words = new Uint32Array(2);
  #drawn = 0;

  /**
   * @param seed a whole number from 0 to 2^53 - 1
   * @param stream a whole number from 0 to 2^32 - 1
   */
  constructor(seed: number, stream = 0) {
    if (!Number.isInteger(stream) || stream < 0 || stream > 0xffffffff) {
      throw new ValueError(`Random: expected a stream from 0 to 2^32 - 1, got ${stream}`);
    }
    this.seed = seed;
    this.stream = stream;
    this.#key = keyOf(seed);
  }

  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number {
    const word = this.#drawn % 2;
    if (word === 0) {
      // A stream has 2^33 words, which no run here comes near.
      threefry2x32(this.#words, this.#key[0], this.#key[1], this.#drawn / 2, this.stream);
    }
    this.#drawn++;
    return this.#words[word];
  }

  /** A number from 0 up to, but not including, 1. */
  uniform(): number {
    return this.uint32() * 2 ** -32;
  }

  /** A normally distributed number, mean 0 and variance 1 (Box and Muller, 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /**
   * Fills all of `values` with normally distributed numbers of this standard deviation, two of each pair of words. Twice as fast as
   * `normal` for each, and other numbers.
   */
  normals(values: Float32Array | Float64Array, deviation = 1): void {
    const words = this.#words;
    if (this.#drawn % 2 === 1) this.#drawn++; // a block begins
    for (let i = 0; i < values.length; i += 2) {
      threefry2x32(words, this.#key[0], this.#key[1], this.#drawn / 2, this.stream);
      this.#drawn += 2;
      const radius = deviation * Math.sqrt(-2 * Math.log(1 - words[0] * 2 ** -32));
      const angle = 2 * Math.PI * (words[1] * 2 ** -32);
      values[i] = radius * Math.cos(angle);
      if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
    }
  }

  /** A whole number from 0 to n - 1, each as likely as the others. */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 0x100000000) {
      throw new ValueError(`Random.integer: expected n from 1 to 2^32, got ${n}`);
    }
    const end = 0x100000000 - (0x100000000 % n);
    let word = this.uint32();
    while (word >= end) word = this.uint32();
    return word % n;
  }

  get state(): RandomState {
    return { seed: this.seed, stream: this.stream, drawn: this.#drawn };
  }

  /** A generator that goes on where the one that gave this state was. */
  static restore(state: RandomState): Random {
    if (!Number.isSafeInteger(state.drawn) || state.drawn < 0) {
      throw new ValueError(`Random.restore: expected drawn to be a whole number from 0, got ${state.drawn}`);
    }
    const random = new Random(state.seed, state.stream);
    if (state.drawn % 2 === 1) {
      random.#drawn = state.drawn - 1;
      random.uint32();
    }
    random.#drawn = state.drawn;
    return random;
  }
}
