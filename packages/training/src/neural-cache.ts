import { Memory, type Tensor, type TypedArray } from '@unroll/tensor';
import type { TokenIds } from '@unroll/text';

/**
 * Remembers the states of a text and which token came after each (Grave, Joulin, Usunier 2017, arXiv:1612.04426). All products of a
 * block with what is remembered are one matrix product; what lies outside of a token's window is left out afterwards.
 */
export class NeuralCache {
  readonly #ids: TokenIds;
  readonly #window: number;
  readonly #theta: number;
  /** Of the ring; a multiple of T, so that no block lies across its end. State i is in row i mod this. */
  readonly #capacity: number;
  readonly #memory = new Memory();
  #products: TypedArray = new Float32Array(0); // (T, capacity)
  #blockStart = 0;
  #blockEnd = 0;

  /**
   * @param ids the text that the states are those of
   * @param timeSize T, of all blocks but a shorter last one
   */
  constructor(
    ids: TokenIds,
    { window, theta, timeSize }: { window: number; theta: number; timeSize: number },
  ) {
    this.#ids = ids;
    this.#window = window;
    this.#theta = theta;
    this.#capacity = (Math.ceil(window / timeSize) + 1) * timeSize;
  }

  /** The states of the next block, hs `(1, T, H)`. */
  async take(hs: Tensor): Promise<void> {
    const { backend, dtype } = hs;
    const [, T, H] = hs.shape;
    this.#blockStart = this.#blockEnd;
    this.#blockEnd += T;
    const states = this.#memory.take('states', backend, [1, this.#capacity, H], dtype);
    const products = this.#memory.take('products', backend, [T, this.#capacity], dtype);
    const from = this.#blockStart % this.#capacity;
    backend.copy(states.slice(from, from + T), hs);
    backend.matmul(products, hs, states.T);
    this.#products = await products.read();
  }

  /**
   * p_cache of the token that comes after token t, which is in the block taken last: of exp(theta h_t . h_i), summed over the window
   * before t, the part of those i after which that token came. Undefined at the first token, when nothing is remembered.
   */
  probability(t: number): number | undefined {
    if (t === 0) return undefined;
    const target = this.#ids[t + 1];
    const products = this.#products;
    const row = (t - this.#blockStart) * this.#capacity;
    const first = Math.max(0, t - this.#window);
    let greatest = Number.NEGATIVE_INFINITY;
    for (let i = first; i < t; i++) greatest = Math.max(greatest, products[row + (i % this.#capacity)]);
    let all = 0;
    let after = 0;
    for (let i = first; i < t; i++) {
      const weight = Math.exp(this.#theta * (products[row + (i % this.#capacity)] - greatest));
      all += weight;
      if (this.#ids[i + 1] === target) after += weight;
    }
    return after / all;
  }

  dispose(): void {
    this.#memory.dispose();
  }
}
