import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';

/** `x @ W + b`. Book section 1.3. */
export class Affine implements Layer {
  readonly W: Parameter;
  readonly b: Parameter;
  readonly params: readonly Parameter[];
  readonly #memory = new Memory();
  #plan: { x: Tensor; out: Tensor; dx: Tensor } | undefined;

  /**
   * @param W `(D, M)`
   * @param b `(M)`
   * @throws ShapeError if they do not fit together
   */
  constructor(W: Tensor | Parameter, b: Tensor | Parameter) {
    this.W = this.#memory.parameter('W', W);
    this.b = this.#memory.parameter('b', b);
    this.params = [this.W, this.b];
    expectShape(this.name, 'W', this.W.value.shape, ['D', 'M']);
    expectShape(this.name, 'b', this.b.value.shape, [this.W.value.cols]);
  }

  /** x `(N, D)` to `(N, M)` */
  forward(x: Tensor): Tensor {
    const { backend } = x;
    const { out } = this.#planFor(x);
    backend.affine(out, x, this.W.value, this.b.value);
    return out;
  }

  /** dout `(N, M)` to dx `(N, D)`; adds to the gradients of W and b */
  backward(dout: Tensor): Tensor {
    const { backend } = dout;
    const { x, out, dx } = expectForward(this.name, this.#plan);
    expectShape(`${this.name}.backward`, 'dout', dout.shape, out.shape);
    backend.affineGrads(this.W.grad, this.b.grad, x, dout);
    backend.matmul(dx, dout, this.W.value.T);
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
    return 'Affine';
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
