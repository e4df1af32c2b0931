import {
  type Backend,
  formatShape,
  Memory,
  type Parameter,
  type Shape,
  StateError,
  sameShape,
  sizeOf,
  type Tensor,
  type TypedArray,
  ValueError,
  zeros,
} from '@unroll/tensor';

/** An optimizer's own tensors by name (`embed.W.m`), and how many updates it made: plain values, to save and restore. */
export interface OptimizerState {
  readonly kind: string;
  readonly updates: number;
  readonly tensors: ReadonlyMap<string, { readonly shape: Shape; readonly data: TypedArray }>;
}

/**
 * What all optimizers share: the learning rate, which a schedule may set before every update, and the tensors that some
 * keep for each parameter (a velocity, a mean square), made at the first update.
 */
export abstract class Optimizer {
  /** The learning rate of the next update. */
  lr: number;
  readonly #memory = new Memory();
  readonly #kept = new Map<Parameter, readonly Tensor[]>();
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
      this.step(value.backend, value, grad, this.#keptFor(parameter));
    }
  }

  /** A copy of its state at the time of the call. */
  async getState(): Promise<OptimizerState> {
    const { kind, updates } = this;
    const kept = new Map<string, Tensor>();
    for (const [{ name }, tensors] of this.#kept) {
      for (const [i, tensor] of tensors.entries()) {
        const key = `${name}.${this.slots[i]}`;
        if (kept.has(key)) {
          throw new StateError(`${kind}.getState: expected parameters of different names, got ${name} twice`);
        }
        kept.set(key, tensor);
      }
    }
    // All are asked for before the first is awaited, so that they belong together.
    const copies = [...kept].map(
      async ([key, tensor]) => [key, { shape: tensor.shape, data: await tensor.read() }] as const,
    );
    return { kind, updates, tensors: new Map(await Promise.all(copies)) };
  }

  /**
   * Goes on from a state that `getState` gave.
   * @param params those that it will update
   * @throws StateError if the state belongs to another kind of optimizer or to other parameters
   */
  setState(state: OptimizerState, params: readonly Parameter[]): void {
    const { kind, updates, tensors } = state;
    if (kind !== this.kind) {
      throw new StateError(`${this.kind}.setState: expected the state of ${this.kind}, got that of ${kind}`);
    }
    if (!Number.isSafeInteger(updates) || updates < 0) {
      throw new StateError(
        `${kind}.setState: expected updates to be a whole number from 0, got ${updates}; is the state damaged?`,
      );
    }
    // Before the first update there is nothing to keep.
    if (updates > 0 || tensors.size > 0) this.#expectTensorsOf(params, tensors);
    for (const kept of this.#kept.values()) {
      for (const tensor of kept) tensor.backend.fill(tensor, 0);
    }
    for (const parameter of tensors.size > 0 ? params : []) {
      this.#keptFor(parameter).forEach((tensor, i) => {
        tensor.write(tensors.get(`${parameter.name}.${this.slots[i]}`)?.data ?? []);
      });
    }
    this.#updates = updates;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  /** Refuses tensors that are not, by name and shape, those kept for these parameters. */
  #expectTensorsOf(params: readonly Parameter[], tensors: OptimizerState['tensors']): void {
    const wanted = new Map<string, Shape>();
    for (const { name, value } of params) {
      for (const slot of this.slots) wanted.set(`${name}.${slot}`, value.shape);
    }
    for (const [name, shape] of wanted) {
      const saved = tensors.get(name);
      if (!saved || !sameShape(saved.shape, shape) || saved.data.length !== sizeOf(shape)) {
        const got = saved ? `${formatShape(saved.shape)} with ${saved.data.length} numbers` : 'none';
        throw new StateError(
          `${this.kind}.setState: expected ${name} ${formatShape(shape)}, got ${got}; is it the state of another model?`,
        );
      }
    }
    for (const name of tensors.keys()) {
      if (!wanted.has(name)) {
        throw new StateError(
          `${this.kind}.setState: expected only tensors of the parameters at hand, got ${name}; is it the state of another model?`,
        );
      }
    }
  }

  #keptFor(parameter: Parameter): readonly Tensor[] {
    const known = this.#kept.get(parameter);
    if (known) return known;
    const { value } = parameter;
    const made = this.slots.map(() => this.#memory.own(zeros(value.backend, value.shape, value.dtype)));
    this.#kept.set(parameter, made);
    return made;
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
    throw new ValueError(`${name}: expected a number from 0 up to 1, got ${value}`);
  return value;
}
