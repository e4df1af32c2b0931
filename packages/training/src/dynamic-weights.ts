import { Memory, type Parameter, type Tensor, zeros } from '@unroll/tensor';

interface Measures {
  /** For each weight of a parameter, what its gradient is multiplied by. */
  readonly forth: Tensor;
  /** And what its way back is. */
  readonly back: Tensor;
  /** That way. */
  readonly way: Tensor;
}

/**
 * Weights that follow their gradients for a while, are drawn back to what they were, and are that again, to the bit, after `restore`.
 * Krause, Kahembwe, Murray, Renals 2018, arXiv:1709.07432, section 5.
 */
export class DynamicWeights {
  readonly #params: readonly Parameter[];
  readonly #originals: readonly Tensor[];
  readonly #lr: number;
  readonly #decay: number;
  readonly #memory = new Memory();
  #measures: readonly Measures[] | undefined;

  constructor(params: readonly Parameter[], { lr, decay }: { lr: number; decay: number }) {
    this.#params = params;
    this.#lr = lr;
    this.#decay = decay;
    this.#originals = params.map(({ value }) => {
      const original = this.#like(value);
      value.backend.copy(original, value);
      return original;
    });
  }

  /**
   * From now on each weight moves in the measure of its own gradients: forth by `lr / (rms + eps)`, back by `decay * rms / mean`, but
   * at most all the way. The mean is that of the parameters' means, as in the code of the paper's authors.
   *
   * @param rms root mean squares, for each parameter
   */
  measureBy(rms: readonly Float64Array[], eps: number): void {
    const mean = meanOf(rms.map(meanOf));
    this.#measures = this.#params.map(({ value }, i) => {
      const made = { forth: this.#like(value), back: this.#like(value), way: this.#like(value) };
      made.forth.write(rms[i].map((size) => this.#lr / (size + eps)));
      // Where no weight has a gradient, none is drawn back.
      made.back.write(rms[i].map((size) => (mean > 0 ? Math.min(1, (this.#decay * size) / mean) : 0)));
      return made;
    });
  }

  /** `W += decay * (original - W) - lr * dW`, each times its measure if there is one. Gradients are overwritten. */
  update(): void {
    for (const [i, { value, grad }] of this.#params.entries()) {
      const { backend } = value;
      const original = this.#originals[i];
      const measures = this.#measures?.[i];
      if (measures) {
        const { forth, back, way } = measures;
        backend.copy(way, original);
        backend.add(way, value, -1);
        backend.multiply(way, way, back);
        backend.multiply(grad, grad, forth);
        backend.add(value, way);
        backend.add(value, grad, -1);
      } else {
        backend.lerp(value, original, this.#decay);
        backend.sgd(value, grad, this.#lr);
      }
    }
  }

  restore(): void {
    for (const [i, { value }] of this.#params.entries()) value.backend.copy(value, this.#originals[i]);
  }

  dispose(): void {
    this.#memory.dispose();
  }

  #like({ backend, shape, dtype }: Tensor): Tensor {
    return this.#memory.own(zeros(backend, shape, dtype));
  }
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
