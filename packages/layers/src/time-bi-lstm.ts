import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';
import { TimeLSTM } from './time-lstm.ts';

/**
 * Two LSTMs over the same block, one from its beginning and one from its end; their outputs lie side by side.
 * Book section 8.4.1; Schuster and Paliwal 1997.
 */
export class TimeBiLSTM implements Layer {
  readonly params: readonly Parameter[];
  readonly #fromStart: TimeLSTM;
  readonly #fromEnd: TimeLSTM;
  readonly #memory = new Memory();
  #plan: { xs: Tensor; xsReversed: Tensor; ys: Tensor; dhsReversed: Tensor } | undefined;

  /**
   * @param Wx1 `(D, 4H)` and Wh1 `(H, 4H)`, b1 `(4H)`: for the LSTM that reads forward, gate order f, g, i, o
   * @param Wx2 and Wh2, b2: for the one that reads backward
   */
  constructor(
    Wx1: Tensor | Parameter,
    Wh1: Tensor | Parameter,
    b1: Tensor | Parameter,
    Wx2: Tensor | Parameter,
    Wh2: Tensor | Parameter,
    b2: Tensor | Parameter,
    { stateful = false }: { stateful?: boolean } = {},
  ) {
    this.#fromStart = new TimeLSTM(Wx1, Wh1, b1, { stateful });
    this.#fromEnd = new TimeLSTM(Wx2, Wh2, b2, { stateful });
    this.params = [...this.#fromStart.params, ...this.#fromEnd.params];
    expectShape('TimeBiLSTM', 'Wx2', this.#fromEnd.Wx.value.shape, this.#fromStart.Wx.value.shape);
  }

  /** xs `(N, T, D)` to hs `(N, T, 2H)` */
  forward(xs: Tensor): Tensor {
    const { backend } = xs;
    const H = this.#fromStart.Wh.value.rows;
    const { xsReversed, ys } = this.#planFor(xs);
    backend.copy(xsReversed, xs.reversed);
    backend.copy(ys.columns(0, H), this.#fromStart.forward(xs));
    backend.copy(ys.columns(H, 2 * H).reversed, this.#fromEnd.forward(xsReversed));
    return ys;
  }

  /** dhs `(N, T, 2H)` to dxs `(N, T, D)`; adds to the gradients of all six weights */
  backward(dhs: Tensor): Tensor {
    const { backend } = dhs;
    const H = this.#fromStart.Wh.value.rows;
    const { ys, dhsReversed } = expectForward('TimeBiLSTM', this.#plan);
    expectShape('TimeBiLSTM.backward', 'dhs', dhs.shape, ys.shape);
    backend.copy(dhsReversed, dhs.columns(H, 2 * H).reversed);
    const dxs = this.#fromStart.backward(dhs.columns(0, H));
    backend.add(dxs, this.#fromEnd.backward(dhsReversed).reversed);
    return dxs;
  }

  /** Begins the next block with zeros. */
  resetState(): void {
    this.#fromStart.resetState();
    this.#fromEnd.resetState();
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes + this.#fromStart.bytes + this.#fromEnd.bytes;
  }

  dispose(): void {
    this.#fromStart.dispose();
    this.#fromEnd.dispose();
    this.#memory.dispose();
  }

  #planFor(xs: Tensor): { xsReversed: Tensor; ys: Tensor } {
    if (this.#plan?.xs === xs) return this.#plan;
    const { rows: D, dtype } = this.#fromStart.Wx.value;
    const H = this.#fromStart.Wh.value.rows;
    expectShape('TimeBiLSTM.forward', 'xs', xs.shape, ['N', 'T', D]);
    const [N, T] = xs.shape;
    const { backend } = xs;
    this.#plan = undefined; // until there is room for all of it
    this.#plan = {
      xs,
      xsReversed: this.#memory.take('xsReversed', backend, [N, T, D], dtype),
      ys: this.#memory.take('ys', backend, [N, T, 2 * H], dtype),
      dhsReversed: this.#memory.take('dhsReversed', backend, [N, T, H], dtype),
    };
    return this.#plan;
  }
}
