import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';
import { MaskedLayer } from './masked-layer.ts';

/**
 * Sets each element to zero with probability `ratio` and divides the others by `1 - ratio`, so that nothing is to be
 * scaled when not training ("inverted" dropout, as in the book's TimeDropout; its Dropout scales in evaluation instead).
 * Srivastava et al., JMLR 2014; book section 6.5.2.
 */
export class Dropout extends MaskedLayer implements Layer {
  readonly params: readonly Parameter[] = [];
  readonly #memory = new Memory();
  #plan: { x: Tensor; out: Tensor; dx: Tensor } | undefined;

  /**
   * @param ratio from 0 up to, but not including, 1
   * @param options.seed a whole number; layers with the same seed have the same masks, so give each its own
   */
  constructor(ratio = 0.5, { seed = 0 }: { seed?: number } = {}) {
    super(ratio, seed);
  }

  /** x `(N, D)` to the same shape */
  forward(x: Tensor): Tensor {
    const { out } = this.#planFor(x);
    this.draw();
    if (!this.drops) return x;
    this.mask(out, x);
    return out;
  }

  /** dout of the shape of x, to dx: the mask of the last forward */
  backward(dout: Tensor): Tensor {
    const { out, dx } = expectForward(this.name, this.#plan);
    expectShape(`${this.name}.backward`, 'dout', dout.shape, out.shape);
    if (!this.drops) return dout;
    this.mask(dx, dout);
    return dx;
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  protected override get name(): string {
    return 'Dropout';
  }

  protected get axes(): readonly string[] {
    return ['N', 'D'];
  }

  #planFor(x: Tensor): { out: Tensor } {
    if (this.#plan?.x === x) return this.#plan;
    expectShape(`${this.name}.forward`, 'x', x.shape, this.axes);
    this.#plan = undefined; // until there is room for all of it
    this.#plan = {
      x,
      out: this.#memory.take('out', x.backend, x.shape, x.dtype),
      dx: this.#memory.take('dx', x.backend, x.shape, x.dtype),
    };
    return this.#plan;
  }
}
