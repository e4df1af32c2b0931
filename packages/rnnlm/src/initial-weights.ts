import {
  type Backend,
  formatShape,
  Memory,
  type Parameter,
  Random,
  randn,
  type Shape,
  ShapeError,
  sameShape,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from '@unroll/tensor';
import type { ModelOptions } from './language-model.ts';

/** The masks' seeds come from another stream than the weights do. */
const MASKS = 1;

/**
 * Makes the parameters of a model, one after the other from one seed, or from weights that are given; they are held, and given back,
 * together.
 */
export class InitialWeights {
  readonly backend: Backend;
  readonly #given: ModelOptions['weights'];
  readonly #dtype: 'f32' | 'f64';
  readonly #random: Random;
  readonly #masks: Random;
  readonly #memory = new Memory();

  constructor({ backend, seed = 0, dtype = 'f32', weights }: ModelOptions) {
    this.backend = backend;
    this.#given = weights;
    this.#dtype = dtype;
    this.#random = new Random(seed);
    this.#masks = new Random(seed, MASKS);
  }

  /** Normally distributed with this standard deviation. */
  normal(name: string, shape: Shape, deviation: number): Parameter {
    return this.#parameter(name, shape, () =>
      randn(this.backend, shape, this.#random, deviation, this.#dtype),
    );
  }

  zeros(name: string, shape: Shape): Parameter {
    return this.constant(name, shape, 0);
  }

  /** All of this value, or, with `upTo`, so many of them; the others are 0. */
  constant(name: string, shape: Shape, value: number, upTo?: number): Parameter {
    return this.#parameter(name, shape, () => {
      const made = zeros(this.backend, shape, this.#dtype);
      if (value !== 0) this.backend.fill(upTo === undefined ? made : made.columns(0, upTo), value);
      return made;
    });
  }

  /** A seed for the masks of one layer: another one for each. */
  maskSeed(): number {
    return this.#masks.uint32() * 2 ** 21 + (this.#masks.uint32() >>> 11);
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  #parameter(name: string, shape: Shape, make: () => Tensor): Parameter {
    try {
      const value = this.#given ? this.#take(name, shape, this.#given) : make();
      return this.#memory.parameter(name, this.#memory.own(value));
    } catch (error) {
      this.dispose(); // nobody will have a model whose weights could be given back
      throw error;
    }
  }

  #take(name: string, shape: Shape, given: NonNullable<ModelOptions['weights']>): Tensor {
    const found = given.get(name);
    if (!found || !sameShape(found.shape, shape)) {
      throw new ShapeError(
        `weights: expected ${name} ${formatShape(shape)}, got ${found ? formatShape(found.shape) : 'none'}; are they of another model?`,
      );
    }
    return tensor(this.backend, found.data, shape, this.#dtype);
  }
}

/** @throws ValueError unless it is a share of something that can be left out */
export function checkRatio(model: string, name: string, ratio: number): void {
  if (ratio >= 0 && ratio < 1) return;
  throw new ValueError(`${model}: expected ${name} to be a number from 0 up to 1, without 1, got ${ratio}`);
}

/** @throws ValueError naming the size that is not a whole number from 1 */
export function checkSizes(model: string, sizes: Record<string, number>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new ValueError(`${model}: expected ${name} to be a whole number from 1, got ${size}`);
    }
  }
}
