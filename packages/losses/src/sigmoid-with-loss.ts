import { expectShape, Memory, type Parameter, StateError, type Tensor } from '@unroll/tensor';

/**
 * Sigmoid and binary cross entropy in one: the mean, over the counted labels, of `-log sigmoid(score)` where the label is
 * 1 and `-log(1 - sigmoid(score))` where it is 0. Stable for scores of any size. Book section 4.2.3.
 *
 * Scores and labels are lent to it until `backward`: they must not be overwritten in between.
 */
export class SigmoidWithLoss {
  readonly params: readonly Parameter[] = [];
  readonly ignoreLabel: number;
  readonly #memory = new Memory();
  #plan: { scores: Tensor; loss: Tensor; count: Tensor } | undefined;
  #ts: Tensor | undefined;

  /** @param options.ignoreLabel elements with this label do not count */
  constructor({ ignoreLabel = -1 }: { ignoreLabel?: number } = {}) {
    this.ignoreLabel = ignoreLabel;
  }

  /**
   * scores `(N)` and labels ts `(N)`, i32 of 0 and 1, to the loss `(1)`; 0 if no label is counted
   * @throws ValueError if a label is neither 0 nor 1 nor ignored
   */
  forward(scores: Tensor, ts: Tensor): Tensor {
    if (this.#plan?.scores !== scores) {
      expectShape(`${this.name}.forward`, 'scores', scores.shape, this.axes);
      const { backend, dtype } = scores;
      this.#plan = undefined; // until there is room for all of it
      this.#plan = {
        scores,
        loss: this.#memory.take('loss', backend, [1], dtype),
        count: this.#memory.take('count', backend, [1], dtype),
      };
    }
    const { loss, count } = this.#plan;
    expectShape(`${this.name}.forward`, 'ts', ts.shape, scores.shape);
    scores.backend.sigmoidCrossEntropy(loss, count, scores, ts, this.ignoreLabel);
    this.#ts = ts;
    return loss;
  }

  /** To dscores, of the shape of the scores: `(sigmoid(scores) - ts) * dout / count` */
  backward(dout = 1): Tensor {
    if (!this.#plan || !this.#ts) throw new StateError(`${this.name}.backward: call forward first`);
    const { scores, count } = this.#plan;
    const { backend } = scores;
    const dscores = this.#memory.take('dscores', backend, scores.shape, scores.dtype);
    backend.sigmoidCrossEntropyBackward(dscores, scores, this.#ts, count, this.ignoreLabel, dout);
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
    return 'SigmoidWithLoss';
  }

  /** The axes of scores and labels. */
  protected get axes(): readonly string[] {
    return ['N'];
  }
}
