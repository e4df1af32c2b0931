import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';
import { MaskedLayer } from './masked-layer.ts';
import { TimeEmbedding } from './time-embedding.ts';

interface Plan {
  ids: Tensor; // (N, T)
  ones: Tensor; // (V, 1)
  words: Tensor; // (V, 1), of each word: 0, or 1 / (1 - ratio)
  factors: Tensor; // (N, T, 1), those of the ids
  dvectors: Tensor; // (N, T, D), the gradient of the vectors as they were before some were dropped
}

/**
 * A TimeEmbedding that forgets whole words: for one block, each row of W is zero with probability `ratio`, wherever its word
 * stands, and divided by `1 - ratio` otherwise. Gal and Ghahramani 2016 (arXiv:1512.05287), section 4.2; Merity et al. 2018
 * (arXiv:1708.02182), section 4.3.
 */
export class TimeEmbeddingDropout extends MaskedLayer implements Layer<Tensor, Tensor, void> {
  readonly W: Parameter;
  readonly params: readonly Parameter[];
  readonly #embedding: TimeEmbedding;
  readonly #memory = new Memory();
  #plan: Plan | undefined;

  /**
   * @param W `(V, D)`
   * @param ratio of the words, from 0 up to, but not including, 1
   * @param options.seed a whole number; layers with the same seed have the same masks, so give each its own
   */
  constructor(W: Tensor | Parameter, ratio: number, { seed = 0 }: { seed?: number } = {}) {
    super(ratio, seed);
    this.#embedding = new TimeEmbedding(W);
    this.W = this.#embedding.W;
    this.params = this.#embedding.params;
  }

  /**
   * ids `(N, T)`, i32, to `(N, T, D)`
   * @throws ValueError if an id is not below V
   */
  forward(ids: Tensor): Tensor {
    const { backend } = ids;
    const { ones, words, factors } = this.#planFor(ids);
    const vectors = this.#embedding.forward(ids);
    this.draw();
    if (!this.drops) return vectors;
    this.mask(words, ones);
    backend.gather(factors, words, ids);
    backend.scaleRows(vectors, vectors, factors);
    return vectors;
  }

  /** dout `(N, T, D)`; adds to the gradient of W, to the rows that were not dropped. Ids have no gradient. */
  backward(dout: Tensor): void {
    const { factors, dvectors } = expectForward(this.name, this.#plan);
    expectShape(`${this.name}.backward`, 'dout', dout.shape, dvectors.shape);
    if (this.drops) dout.backend.scaleRows(dvectors, dout, factors);
    this.#embedding.backward(this.drops ? dvectors : dout);
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes + this.#embedding.bytes;
  }

  dispose(): void {
    this.#embedding.dispose();
    this.#memory.dispose();
  }

  protected override get name(): string {
    return 'TimeEmbeddingDropout';
  }

  #planFor(ids: Tensor): Plan {
    if (this.#plan?.ids === ids) return this.#plan;
    const { rows: V, cols: D, dtype } = this.W.value;
    expectShape(`${this.name}.forward`, 'ids', ids.shape, ['N', 'T']);
    const [N, T] = ids.shape;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) => this.#memory.take(name, ids.backend, shape, dtype);
    const ones = take('ones', V, 1);
    ids.backend.fill(ones, 1);
    this.#plan = {
      ids,
      ones,
      words: take('words', V, 1),
      factors: take('factors', N, T, 1),
      dvectors: take('dvectors', N, T, D),
    };
    return this.#plan;
  }
}
