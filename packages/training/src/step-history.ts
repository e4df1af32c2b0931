import { type Backend, type Tensor, type TypedArray, zeros } from '@unroll/tensor';

/** Keeps the loss and gradient norm of every step on the backend, so that many steps cost one read. */
export class StepHistory {
  readonly #backend: Backend;
  readonly #losses: Tensor; // (1, capacity)
  readonly #norms: Tensor; // (1, capacity)
  #length = 0;

  constructor(backend: Backend, dtype: 'f32' | 'f64', capacity: number) {
    this.#backend = backend;
    this.#losses = zeros(backend, [1, capacity], dtype);
    this.#norms = zeros(backend, [1, capacity], dtype);
  }

  get isFull(): boolean {
    return this.#length === this.#losses.cols;
  }

  /** Both `(1)`. */
  add(loss: Tensor, norm: Tensor): void {
    const i = this.#length++;
    this.#backend.copy(this.#losses.at(i), loss);
    this.#backend.copy(this.#norms.at(i), norm);
  }

  /** What was added since the last call. */
  async take(): Promise<{ losses: TypedArray; norms: TypedArray }> {
    const length = this.#length;
    this.#length = 0;
    const [losses, norms] = await Promise.all([this.#losses.read(), this.#norms.read()]);
    return { losses: losses.subarray(0, length), norms: norms.subarray(0, length) };
  }

  dispose(): void {
    this.#losses.dispose();
    this.#norms.dispose();
  }
}
