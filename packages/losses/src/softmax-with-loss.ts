import { expectShape, Memory, type Parameter, StateError, type Tensor } from '@unroll/tensor';

interface Plan {
  scores: Tensor; // (N, V)
  normalizers: Tensor; // (N, 2)
  loss: Tensor; // (1)
  count: Tensor; // (1)
}

/**
 * Softmax and cross entropy in one: the mean of `-log softmax(scores)[label]` over the counted labels. Stable for scores
 * of any size, and without a one-hot matrix. Book section 1.3.6.
 *
 * Scores and labels are lent to it until `backward`: they must not be overwritten in between. Made with `inPlace`, `backward`
 * puts the gradient where the scores were, which saves a matrix as large as they are; then it can be called once.
 */
export class SoftmaxWithLoss {
  readonly params: readonly Parameter[] = [];
  readonly ignoreLabel: number;
  readonly inPlace: boolean;
  readonly #memory = new Memory();
  #plan: Plan | undefined;
  #ts: Tensor | undefined;

  /**
   * @param options.ignoreLabel rows with this label do not count
   * @param options.inPlace backward overwrites the scores with their gradient
   */
  constructor({ ignoreLabel = -1, inPlace = false }: { ignoreLabel?: number; inPlace?: boolean } = {}) {
    this.ignoreLabel = ignoreLabel;
    this.inPlace = inPlace;
  }

  /**
   * scores `(N, V)` and labels ts `(N)`, i32, to the loss `(1)`; 0 if no label is counted
   * @throws ValueError if a label is neither below V nor ignored
   */
  forward(scores: Tensor, ts: Tensor): Tensor {
    const { loss, count, normalizers } = this.#planFor(scores);
    expectShape(`${this.name}.forward`, 'ts', ts.shape, scores.shape.slice(0, -1));
    scores.backend.softmaxCrossEntropy(loss, count, normalizers, scores, ts, this.ignoreLabel);
    this.#ts = ts;
    return loss;
  }

  /**
   * To dscores `(N, V)`: `(softmax(scores) - one hot) * dout / count`
   * @throws StateError before forward, and if the scores of that forward were overwritten already
   */
  backward(dout = 1): Tensor {
    if (!this.#plan || !this.#ts) {
      const once = this.inPlace ? ', once for each backward: the scores give way to their gradient' : '';
      throw new StateError(`${this.name}.backward: call forward first${once}`);
    }
    const { scores, normalizers, count } = this.#plan;
    const { backend } = scores;
    const dscores = this.inPlace ? scores : this.#memory.take('dscores', backend, scores.shape, scores.dtype);
    backend.softmaxCrossEntropyBackward(
      dscores,
      scores,
      normalizers,
      this.#ts,
      count,
      this.ignoreLabel,
      dout,
    );
    if (this.inPlace) this.#ts = undefined; // the scores are gone
    return dscores;
  }

  /** `(1)`, after forward: how many labels were counted. */
  get count(): Tensor {
    if (!this.#plan) throw new StateError(`${this.name}.count: call forward first`);
    return this.#plan.count;
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  protected get name(): string {
    return 'SoftmaxWithLoss';
  }

  /** The axes of the labels. */
  protected get axes(): readonly string[] {
    return ['N'];
  }

  #planFor(scores: Tensor): Plan {
    if (this.#plan?.scores === scores) return this.#plan;
    expectShape(`${this.name}.forward`, 'scores', scores.shape, [...this.axes, 'V']);
    const { backend, dtype } = scores;
    this.#plan = {
      scores,
      normalizers: this.#memory.take('normalizers', backend, [scores.rows, 2], dtype),
      loss: this.#memory.take('loss', backend, [1], dtype),
      count: this.#memory.take('count', backend, [1], dtype),
    };
    return this.#plan;
  }
}
