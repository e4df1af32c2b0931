import { expectShape, type Memory, StateError, type Tensor } from '@unroll/tensor';

/** A state, (N, H) for instance, that a recurrent layer hands from one block of time steps to the next. */
export class CarriedState {
  readonly #layer: string;
  readonly #name: string;
  readonly #size: number;
  readonly #memory: Memory;
  #value: Tensor | undefined;
  #buffer: 'one' | 'other' = 'one';

  constructor(layer: string, name: string, size: number, memory: Memory) {
    this.#layer = layer;
    this.#name = name;
    this.#size = size;
    this.#memory = memory;
  }

  /** Undefined before the first block and after a reset. */
  get value(): Tensor | undefined {
    return this.#value;
  }

  /** Writes the state before the first step: the carried one, or zeros. */
  enter(first: Tensor, stateful: boolean): void {
    if (!stateful || !this.#value) {
      first.backend.fill(first, 0);
      return;
    }
    const [N] = first.shape;
    const [carried] = this.#value.shape;
    if (N !== carried) {
      throw new StateError(
        `${this.#layer}.forward: expected a batch of ${carried}, to which the carried ${this.#name} belongs, got ${N}; call resetState() to begin anew or setState() with a state for ${N}`,
      );
    }
    first.backend.copy(first, this.#value);
  }

  /** Keeps the state after the last step, a copy. */
  leave(last: Tensor): void {
    const value = this.#take(last);
    last.backend.copy(value, last);
    this.#value = value;
  }

  set(state: Tensor): void {
    expectShape(`${this.#layer}.setState`, this.#name, state.shape, ['N', this.#size]);
    // Into another buffer: what is given may be what another state of this layer is to be set to, as when h and c change places.
    this.#buffer = this.#buffer === 'one' ? 'other' : 'one';
    this.leave(state);
  }

  setZeros(like: Tensor): void {
    this.#value = this.#take(like);
    like.backend.fill(this.#value, 0);
  }

  reset(): void {
    this.#value = undefined;
  }

  #take(like: Tensor): Tensor {
    return this.#memory.take(`${this.#name}, ${this.#buffer}`, like.backend, like.shape, like.dtype);
  }
}

/** Refuses a state for a layer that would not use it. */
export function expectStateful(layer: string, stateful: boolean): void {
  if (!stateful) {
    throw new StateError(
      `${layer}.setState: expected a stateful layer, this one begins every block with zeros; make it with { stateful: true }`,
    );
  }
}
