import { expectShape, type Layer, Memory, type Parameter, type Tensor, ValueError } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';

/** Masks come from the upper half of a seed's streams, so that they have nothing in common with weights of the same seed. */
const FIRST_STREAM = 2 ** 31;

/**
 * Sets each element to zero with probability `ratio` and divides the others by `1 - ratio`, so that nothing is to be
 * scaled when not training ("inverted" dropout, as in the book's TimeDropout; its Dropout scales in evaluation instead).
 * Srivastava et al., JMLR 2014; book section 6.5.2.
 *
 * The mask follows from `seed` and `calls` alone and is not stored.
 */
export class Dropout implements Layer {
  readonly params: readonly Parameter[] = [];
  readonly ratio: number;
  readonly seed: number;
  /** How often `forward` drew a mask: the position of the next one. Save it to go on with the same masks. */
  calls = 0;
  /** When false, x passes through. */
  training = true;
  readonly #memory = new Memory();
  #plan: { x: Tensor; out: Tensor; dx: Tensor } | undefined;
  /** Which mask the last forward used; undefined if it let x through. */
  #call: number | undefined;

  /**
   * @param ratio from 0 up to, but not including, 1
   * @param options.seed a whole number; layers with the same seed have the same masks, so give each its own
   */
  constructor(ratio = 0.5, { seed = 0 }: { seed?: number } = {}) {
    if (!(ratio >= 0 && ratio < 1)) {
      throw new ValueError(`${this.name}: expected a ratio from 0 up to 1, without 1, got ${ratio}`);
    }
    this.ratio = ratio;
    this.seed = seed;
  }

  /** x `(N, D)` to the same shape */
  forward(x: Tensor): Tensor {
    const { out } = this.#planFor(x);
    this.#call = this.training && this.ratio > 0 ? this.calls++ : undefined;
    if (this.#call === undefined) return x;
    x.backend.dropout(out, x, this.ratio, this.seed, FIRST_STREAM + this.#call);
    return out;
  }

  /** dout of the shape of x, to dx: the mask of the last forward */
  backward(dout: Tensor): Tensor {
    const { out, dx } = expectForward(this.name, this.#plan);
    expectShape(`${this.name}.backward`, 'dout', dout.shape, out.shape);
    if (this.#call === undefined) return dout;
    dout.backend.dropout(dx, dout, this.ratio, this.seed, FIRST_STREAM + this.#call);
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
    return 'Dropout';
  }

  protected get axes(): readonly string[] {
    return ['N', 'D'];
  }

  #planFor(x: Tensor): { out: Tensor } {
    if (this.#plan?.x === x) return this.#plan;
    expectShape(`${this.name}.forward`, 'x', x.shape, this.axes);
    this.#plan = {
      x,
      out: this.#memory.take('out', x.backend, x.shape, x.dtype),
      dx: this.#memory.take('dx', x.backend, x.shape, x.dtype),
    };
    return this.#plan;
  }
}
