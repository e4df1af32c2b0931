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
  /** Of the last forward. */
  #x: Tensor | undefined;

  /**
   * @param ratio from 0 up to, but not including, 1
   * @param options.seed a whole number; layers with the same seed have the same masks, so give each its own
   */
  constructor(ratio = 0.5, { seed = 0 }: { seed?: number } = {}) {
    super(ratio, seed);
  }

  /** x `(N, D)` to the same shape; x itself if nothing is dropped */
  forward(x: Tensor): Tensor {
    expectShape(`${this.name}.forward`, 'x', x.shape, this.axes);
    this.#x = undefined; // until there is room
    this.draw();
    const out = this.#pass('out', x);
    this.#x = x;
    return out;
  }

  /** dout of the shape of x, to dx: the mask of the last forward; dout itself if nothing was dropped */
  backward(dout: Tensor): Tensor {
    const x = expectForward(this.name, this.#x);
    expectShape(`${this.name}.backward`, 'dout', dout.shape, x.shape);
    return this.#pass('dx', dout);
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

  #pass(name: string, x: Tensor): Tensor {
    if (!this.drops) return x;
    const out = this.#memory.take(name, x.backend, x.shape, x.dtype);
    this.mask(out, x);
    return out;
  }
}
