import { type Backend, type Parameter, type Tensor, ValueError } from '@unroll/tensor';
import { expectState, KeptTensors, type SavedTensors } from './kept-tensors.ts';

/** An optimizer's own tensors by name (`embed.W.m`), and how many updates it made: plain values, to save and restore. */
export interface OptimizerState {
  readonly kind: string;
  readonly updates: number;
  readonly tensors: SavedTensors;
}

/**
 * What all optimizers share: the learning rate, which a schedule may set before every update, and the tensors that some
 * keep for each parameter (a velocity, a mean square), made at the first update.
 */
export abstract class Optimizer {
  /** The learning rate of the next update. */
  lr: number;
  #kept: KeptTensors | undefined;
  #updates = 0;

  constructor(lr: number) {
    this.lr = nonNegative('lr', lr);
  }

  /** The name of the kind, `Adam`. */
  abstract readonly kind: string;

  /** The names of the tensors that it keeps for each parameter. */
  protected abstract readonly slots: readonly string[];

  /** Updates one parameter with one fused operation of its backend. */
  protected abstract step(backend: Backend, W: Tensor, dW: Tensor, kept: readonly Tensor[]): void;

  /** How many updates it made. */
  get updates(): number {
    return this.#updates;
  }

  /** Moves every parameter against its gradient. Gradients stay as they are: see `zeroGrads`. */
  update(params: readonly Parameter[]): void {
    this.#updates++;
    for (const parameter of params) {
      const { value, grad } = parameter;
      this.step(value.backend, value, grad, this.#tensors.of(parameter));
    }
  }

  /** A copy of its state at the time of the call. */
  async getState(): Promise<OptimizerState> {
    const { kind, updates } = this;
    return { kind, updates, tensors: await this.#tensors.read() };
  }

  /**
   * Goes on from a state that `getState` gave.
   * @param params those that it will update
   * @throws StateError if the state belongs to another kind of optimizer or to other parameters
   */
  setState(state: OptimizerState, params: readonly Parameter[]): void {
    const { kind, updates, tensors } = state;
    expectState(this.kind, kind, updates);
    // Before the first update there is nothing to keep.
    if (updates > 0 || tensors.size > 0) this.#tensors.expect(params, tensors);
    this.#tensors.write(params, tensors);
    this.#updates = updates;
  }

  dispose(): void {
    this.#tensors.dispose();
  }

  /** Made when first asked for: the slots are known once the whole optimizer is there. */
  get #tensors(): KeptTensors {
    this.#kept ??= new KeptTensors(this.kind, this.slots);
    return this.#kept;
  }
}

/** @throws ValueError unless it is a number from 0 */
export function nonNegative(name: string, value: number): number {
  if (!(value >= 0 && Number.isFinite(value))) {
    throw new ValueError(`${name}: expected a number from 0, got ${value}`);
  }
  return value;
}

/** @throws ValueError unless it is a number above 0: what divides must not vanish where a gradient is 0 */
export function positive(name: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new ValueError(`${name}: expected a number above 0, got ${value}`);
  }
  return value;
}

/** @throws ValueError unless it is a number from 0 up to, but not including, 1 */
export function fraction(name: string, value: number): number {
  if (!(value >= 0 && value < 1))
    throw new ValueError(`${name}: expected a number from 0 to below 1, got ${value}`);
  return value;
}
