import { expectShape, Memory, type Parameter, StateError, type Tensor, ValueError } from '@unroll/tensor';

interface Plan {
  scores: Tensor; // (N, V)
  normalizers: Tensor; // (N, 2)
  loss: Tensor; // (1)
  count: Tensor; // (1)
}

/**
 * Softmax and cross entropy in one: the mean of `-log softmax(scores)[label]` over the counted labels. Stable for scores
 * of any size, and without a one-hot matrix. Book section 1.3.5.
 *
 * With `smoothing`, the label alone is no longer the target: it has `1 - smoothing`, and all V classes share the rest evenly, so
 * that nothing is gained by scores that grow without end. Szegedy et al. 2016 (arXiv:1512.00567), section 7. A perplexity needs
 * the loss without it.
 *
 * Scores and labels are lent to it until `backward`: they must not be overwritten in between. Made with `inPlace`, `backward`
 * puts the gradient where the scores were, which saves a matrix as large as they are; then it can be called once.
 */
export class SoftmaxWithLoss {
  readonly params: readonly Parameter[] = [];
  readonly ignoreLabel: number;
  readonly inPlace: boolean;
  /** Of the next forward: set it to 0 to evaluate. */
  smoothing: number;
  readonly #memory = new Memory();
  #plan: Plan | undefined;
  /** The labels of the last forward. */
  #ts: Tensor | undefined;
  /** How it smoothed them. */
  #smoothed = 0;

  /**
   * @param options.ignoreLabel rows with this label do not count
   * @param options.inPlace backward overwrites the scores with their gradient
   * @param options.smoothing from 0 up to, but not including, 1
   */
  constructor({
    ignoreLabel = -1,
    inPlace = false,
    smoothing = 0,
  }: { ignoreLabel?: number; inPlace?: boolean; smoothing?: number } = {}) {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new ValueError(`${this.name}: expected smoothing from 0 up to 1, without 1, got ${smoothing}`);
    }
    this.ignoreLabel = ignoreLabel;
    this.inPlace = inPlace;
    this.smoothing = smoothing;
  }

  /**
   * scores `(N, V)` and labels ts `(N)`, i32, to the loss `(1)`; 0 if no label is counted
   * @throws ValueError if a label is neither below V nor ignored
   */
  forward(scores: Tensor, ts: Tensor): Tensor {
    const { loss, count, normalizers } = this.#planFor(scores);
    expectShape(`${this.name}.forward`, 'ts', ts.shape, scores.shape.slice(0, -1));
    const { ignoreLabel, smoothing } = this;
    scores.backend.softmaxCrossEntropy(loss, count, normalizers, scores, ts, ignoreLabel, smoothing);
    this.#ts = ts;
    this.#smoothed = smoothing;
    return loss;
  }

  /**
   * To dscores `(N, V)`: `(softmax(scores) - target) * dout / count`, the target being one hot, or smoothed
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
      this.#smoothed,
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
    this.#plan = undefined; // until there is room for all of it
    this.#plan = {
      scores,
      normalizers: this.#memory.take('normalizers', backend, [scores.rows, 2], dtype),
      loss: this.#memory.take('loss', backend, [1], dtype),
      count: this.#memory.take('count', backend, [1], dtype),
    };
    return this.#plan;
  }
}
