import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';

/** `x @ W`. Book section 1.3.4. */
export class MatMul implements Layer {
  readonly W: Parameter;
  readonly params: readonly Parameter[];
  readonly #memory = new Memory();
  #plan: { x: Tensor; out: Tensor; dx: Tensor } | undefined;

  /** @param W `(D, M)` */
  constructor(W: Tensor | Parameter) {
    this.W = this.#memory.parameter('W', W);
    this.params = [this.W];
    expectShape(this.name, 'W', this.W.value.shape, ['D', 'M']);
  }

  /** x `(N, D)` to `(N, M)` */
  forward(x: Tensor): Tensor {
    const { out } = this.#planFor(x);
    x.backend.matmul(out, x, this.W.value);
    return out;
  }

  /** dout `(N, M)` to dx `(N, D)`; adds to the gradient of W */
  backward(dout: Tensor): Tensor {
    const { x, out, dx } = expectForward(this.name, this.#plan);
    expectShape(`${this.name}.backward`, 'dout', dout.shape, out.shape);
    dout.backend.addmm(this.W.grad, x.T, dout);
    dout.backend.matmul(dx, dout, this.W.value.T);
    return dx;
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  protected get name(): string {
    return 'MatMul';
  }

  /** The axes of x before D. */
  protected get axes(): readonly string[] {
    return ['N'];
  }

  #planFor(x: Tensor): { out: Tensor } {
    if (this.#plan?.x === x) return this.#plan;
    const { rows: D, cols: M, dtype } = this.W.value;
    expectShape(`${this.name}.forward`, 'x', x.shape, [...this.axes, D]);
    this.#plan = undefined; // until there is room for all of it
    this.#plan = {
      x,
      out: this.#memory.take('out', x.backend, [...x.shape.slice(0, -1), M], dtype),
      dx: this.#memory.take('dx', x.backend, x.shape, dtype),
    };
    return this.#plan;
  }
}
