import {
  expectShape,
  type Layer,
  Memory,
  type Parameter,
  StateError,
  type Tensor,
  ValueError,
} from '@unroll/tensor';

interface Plan {
  hs: Tensor; // (N, T, H)
  loss: Tensor; // (1)
  dhs: Tensor; // (N, T, H)
}

/**
 * What activation regularisers share: they stand among the layers, let the hidden states through as they are, and add a penalty,
 * `strength * mean(penalised^2)`, to what training makes small. `forward` computes it, `loss` lends it, and `backward` adds its
 * gradient to the one that comes from above.
 *
 * The hidden states are lent to it until `backward`: they must not be overwritten in between.
 */
export abstract class ActivationPenalty implements Layer {
  readonly params: readonly Parameter[] = [];
  protected readonly memory: Memory = new Memory();
  /** When false, there is no penalty. */
  training = true;
  readonly #name: string;
  readonly #strength: number;
  #plan: Plan | undefined;
  /** Of the last forward, if it had a penalty. */
  #penalised: Tensor | undefined;

  constructor(name: string, strength: number) {
    if (!(strength >= 0 && Number.isFinite(strength))) {
      throw new ValueError(`${name}: expected a number from 0, got ${strength}`);
    }
    this.#name = name;
    this.#strength = strength;
  }

  /** hs `(N, T, H)` to hs itself */
  forward(hs: Tensor): Tensor {
    const { backend } = hs;
    const { loss } = this.#planFor(hs);
    const penalised = this.training ? this.measure(hs) : undefined;
    backend.fill(loss, 0);
    if (penalised) {
      backend.addSumSquares(loss, penalised);
      backend.scale(loss, this.#strength / penalised.size);
    }
    this.#penalised = penalised;
    return hs;
  }

  /** dhs `(N, T, H)` to the same and the gradient of the penalty, in a buffer of its own; to dhs itself when there was no penalty */
  backward(dhs: Tensor): Tensor {
    if (!this.#plan) throw new StateError(`${this.#name}.backward: call forward first`);
    const { hs, dhs: out } = this.#plan;
    const penalised = this.#penalised;
    expectShape(`${this.#name}.backward`, 'dhs', dhs.shape, hs.shape);
    if (!penalised) return dhs;
    dhs.backend.copy(out, dhs);
    this.addGradient(out, penalised, (2 * this.#strength) / penalised.size);
    return out;
  }

  /** `(1)`, after forward: the penalty, lent until the next forward; 0 when not training. */
  get loss(): Tensor {
    if (!this.#plan) throw new StateError(`${this.#name}.loss: call forward first`);
    return this.#plan.loss;
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.memory.bytes;
  }

  dispose(): void {
    this.memory.dispose();
  }

  /** That whose mean square is the penalty; undefined if such hs have nothing of the kind. */
  protected abstract measure(hs: Tensor): Tensor | undefined;

  /** dhs += the gradient of `factor / 2 * sum(penalised^2)` */
  protected abstract addGradient(dhs: Tensor, penalised: Tensor, factor: number): void;

  #planFor(hs: Tensor): Plan {
    if (this.#plan?.hs === hs) return this.#plan;
    expectShape(`${this.#name}.forward`, 'hs', hs.shape, ['N', 'T', 'H']);
    const { backend, dtype } = hs;
    this.#plan = undefined; // until there is room for all of it
    this.#plan = {
      hs,
      loss: this.memory.take('loss', backend, [1], dtype),
      dhs: this.memory.take('dhs', backend, hs.shape, dtype),
    };
    return this.#plan;
  }
}
