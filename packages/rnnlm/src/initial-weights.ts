import {
  type Backend,
  type Memory,
  type Parameter,
  Random,
  randn,
  type Shape,
  ValueError,
  zeros,
} from '@unroll/tensor';

/** Makes the initial weights of a model, one after the other from one seed, in memory that the model owns. */
export class InitialWeights {
  readonly #memory: Memory;
  readonly #backend: Backend;
  readonly #dtype: 'f32' | 'f64';
  readonly #random: Random;

  constructor(memory: Memory, backend: Backend, dtype: 'f32' | 'f64', seed: number) {
    this.#memory = memory;
    this.#backend = backend;
    this.#dtype = dtype;
    this.#random = new Random(seed);
  }

  /** Normally distributed with this standard deviation. */
  normal(name: string, shape: Shape, deviation: number): Parameter {
    const value = randn(this.#backend, shape, this.#random, deviation, this.#dtype);
    return this.#memory.parameter(name, this.#memory.own(value));
  }

  zeros(name: string, shape: Shape): Parameter {
    const value = zeros(this.#backend, shape, this.#dtype);
    return this.#memory.parameter(name, this.#memory.own(value));
  }
}

/** @throws ValueError naming the size that is not a whole number from 1 */
export function checkSizes(model: string, sizes: Record<string, number>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new ValueError(`${model}: expected ${name} to be a whole number from 1, got ${size}`);
    }
  }
}
