import { expectShape, type Layer, Memory, type Parameter, type Tensor, ValueError } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';

interface Plan {
  xs: Tensor; // (N, T, D)
  out: Tensor; // (N, T, D)
  stats: Tensor; // (N, T, 2), of each vector its mean and 1 / sqrt(variance + eps)
  dxs: Tensor; // (N, T, D)
}

/**
 * Gives each vector, at every time step by itself, a mean of 0 and a variance of 1, then a scale and a shift that are learned.
 * Ba, Kiros and Hinton 2016 (arXiv:1607.06450), section 3.
 *
 *     (x - mean) / sqrt(variance + eps) * gain + bias      mean and (biased) variance over the D elements of x
 */
export class TimeLayerNorm implements Layer {
  readonly gain: Parameter;
  readonly bias: Parameter;
  readonly params: readonly Parameter[];
  readonly eps: number;
  readonly #memory = new Memory();
  #plan: Plan | undefined;

  /**
   * @param gain `(D)`, ones to begin with
   * @param bias `(D)`, zeros to begin with
   * @param options.eps keeps a vector whose elements are all alike from a division by zero
   * @throws ShapeError if they do not fit together, ValueError for an eps below 0
   */
  constructor(gain: Tensor | Parameter, bias: Tensor | Parameter, { eps = 1e-5 }: { eps?: number } = {}) {
    this.gain = this.#memory.parameter('gain', gain);
    this.bias = this.#memory.parameter('bias', bias);
    this.params = [this.gain, this.bias];
    if (!(eps >= 0 && Number.isFinite(eps))) {
      throw new ValueError(`TimeLayerNorm: expected eps to be a number from 0, got ${eps}`);
    }
    this.eps = eps;
    expectShape('TimeLayerNorm', 'gain', this.gain.value.shape, ['D']);
    expectShape('TimeLayerNorm', 'bias', this.bias.value.shape, this.gain.value.shape);
  }

  /** xs `(N, T, D)` to the same shape */
  forward(xs: Tensor): Tensor {
    const { out, stats } = this.#planFor(xs);
    xs.backend.layerNorm(out, stats, xs, this.gain.value, this.bias.value, this.eps);
    return out;
  }

  /** dout `(N, T, D)` to dxs `(N, T, D)`; adds to the gradients of gain and bias */
  backward(dout: Tensor): Tensor {
    const { xs, stats, dxs } = expectForward('TimeLayerNorm', this.#plan);
    expectShape('TimeLayerNorm.backward', 'dout', dout.shape, dxs.shape);
    dout.backend.layerNormBackward(dxs, this.gain.grad, this.bias.grad, dout, xs, stats, this.gain.value);
    return dxs;
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  #planFor(xs: Tensor): Plan {
    if (this.#plan?.xs === xs) return this.#plan;
    const { size: D, dtype } = this.gain.value;
    expectShape('TimeLayerNorm.forward', 'xs', xs.shape, ['N', 'T', D]);
    const [N, T] = xs.shape;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) => this.#memory.take(name, xs.backend, shape, dtype);
    this.#plan = {
      xs,
      out: take('out', N, T, D),
      stats: take('stats', N, T, 2),
      dxs: take('dxs', N, T, D),
    };
    return this.#plan;
  }
}
