import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';

/** `1 / (1 + exp(-x))`, element by element. Book section 1.3.5. */
export class Sigmoid implements Layer {
  readonly params: readonly Parameter[] = [];
  readonly #memory = new Memory();
  #plan: { x: Tensor; out: Tensor; dx: Tensor } | undefined;

  /** x of any shape, to the same shape */
  forward(x: Tensor): Tensor {
    if (this.#plan?.x !== x) {
      this.#plan = undefined; // until there is room for all of it
      this.#plan = {
        x,
        out: this.#memory.take('out', x.backend, x.shape, x.dtype),
        dx: this.#memory.take('dx', x.backend, x.shape, x.dtype),
      };
    }
    x.backend.sigmoid(this.#plan.out, x);
    return this.#plan.out;
  }

  /** `dx = dout * out * (1 - out)` */
  backward(dout: Tensor): Tensor {
    const { out, dx } = expectForward('Sigmoid', this.#plan);
    expectShape('Sigmoid.backward', 'dout', dout.shape, out.shape);
    dout.backend.sigmoidBackward(dx, dout, out);
    return dx;
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }
}
