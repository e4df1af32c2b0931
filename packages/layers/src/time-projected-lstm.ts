import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { CarriedState, expectStateful } from './carried-state.ts';
import { expectBackward, expectForward } from './expect-forward.ts';

interface Plan {
  xs: Tensor; // (N, T, D)
  T: number;
  gates: Tensor; // (N, T, 4H), in the order f, g, i, o
  hs: Tensor; // (N, T + 1, P), the state before each step and after the last
  cs: Tensor; // (N, T + 1, H)
  ms: Tensor; // (N, T + 1, H), o * tanh(c) after each step, not yet projected; the first is not used
  hPrev: Tensor; // hs[:, :T]
  ys: Tensor; // hs[:, 1:]
  mNext: Tensor; // ms[:, 1:]
  dgates: Tensor; // (N, T, 4H)
  grads: Tensor; // (N, T + 1, P), of hs
  dm: Tensor; // (N, H)
  dc: Tensor; // (N, H)
  dxs: Tensor; // (N, T, D)
}

/**
 * An LSTM over a block of T time steps whose output is projected to P numbers, which are also what goes from step to step: a
 * large cell, and few weights. Sak, Senior and Beaufays 2014 (arXiv:1402.1128), section 2, without the peepholes, as
 * PyTorch's `proj_size`.
 *
 *     f, g, i, o = xs[:, t] @ Wx + h @ Wh + b      f, i, o through a sigmoid, g through tanh
 *     c = f * c + g * i
 *     h = (o * tanh(c)) @ Wr
 *
 * Stateful, it begins a block with the h and c that the block before ended with; gradients end at the block's edge
 * (truncated backpropagation through time).
 */
export class TimeProjectedLSTM implements Layer {
  readonly Wx: Parameter;
  readonly Wh: Parameter;
  readonly b: Parameter;
  readonly Wr: Parameter;
  readonly params: readonly Parameter[];
  readonly stateful: boolean;
  /** What `getState` gives, in the order in which `setState` takes it. */
  readonly stateNames: readonly string[] = ['h', 'c'];
  readonly #memory = new Memory();
  readonly #h: CarriedState;
  readonly #c: CarriedState;
  #plan: Plan | undefined;
  #dh: Tensor | undefined;
  #dc: Tensor | undefined;

  /**
   * @param Wx `(D, 4H)`, gate order f, g, i, o
   * @param Wh `(P, 4H)`
   * @param b `(4H)`
   * @param Wr `(H, P)`
   * @throws ShapeError if they do not fit together
   */
  constructor(
    Wx: Tensor | Parameter,
    Wh: Tensor | Parameter,
    b: Tensor | Parameter,
    Wr: Tensor | Parameter,
    { stateful = false }: { stateful?: boolean } = {},
  ) {
    this.Wx = this.#memory.parameter('Wx', Wx);
    this.Wh = this.#memory.parameter('Wh', Wh);
    this.b = this.#memory.parameter('b', b);
    this.Wr = this.#memory.parameter('Wr', Wr);
    this.params = [this.Wx, this.Wh, this.b, this.Wr];
    this.stateful = stateful;
    const [H, P] = [this.Wr.value.rows, this.Wh.value.rows];
    expectShape('TimeProjectedLSTM', 'Wr', this.Wr.value.shape, [H, P]);
    expectShape('TimeProjectedLSTM', 'Wh', this.Wh.value.shape, [P, 4 * H]);
    expectShape('TimeProjectedLSTM', 'Wx', this.Wx.value.shape, ['D', 4 * H]);
    expectShape('TimeProjectedLSTM', 'b', this.b.value.shape, [4 * H]);
    this.#h = new CarriedState('TimeProjectedLSTM', 'h', P, this.#memory);
    this.#c = new CarriedState('TimeProjectedLSTM', 'c', H, this.#memory);
  }

  /**
   * xs `(N, T, D)` to hs `(N, T, P)`
   * @throws StateError if it is stateful and carries the state of another batch size
   */
  forward(xs: Tensor): Tensor {
    const { backend } = xs;
    const { T, gates, hs, cs, ms, ys } = this.#planFor(xs);
    this.#h.enter(hs.at(0), this.stateful);
    this.#c.enter(cs.at(0), this.stateful);
    backend.affine(gates, xs, this.Wx.value, this.b.value); // every time step at once
    for (let t = 0; t < T; t++) {
      backend.addmm(gates.at(t), hs.at(t), this.Wh.value);
      backend.lstmCell(ms, cs, gates, t);
      backend.matmul(hs.at(t + 1), ms.at(t + 1), this.Wr.value);
    }
    this.#h.leave(hs.at(T));
    this.#c.leave(cs.at(T));
    return ys;
  }

  /** dhs `(N, T, P)` to dxs `(N, T, D)`; adds to the gradients of Wx, Wh, b and Wr, and leaves `dh` and `dc` */
  backward(dhs: Tensor): Tensor {
    const { backend } = dhs;
    const { xs, T, gates, cs, hPrev, ys, mNext, dgates, grads, dm, dc, dxs } = expectForward(
      'TimeProjectedLSTM',
      this.#plan,
    );
    expectShape('TimeProjectedLSTM.backward', 'dhs', dhs.shape, ys.shape);
    const dys = grads.slice(1, T + 1);
    backend.fill(grads.at(0), 0);
    backend.copy(dys, dhs); // from the layer above; step t + 1 adds its own
    backend.fill(dc, 0);
    for (let t = T - 1; t >= 0; t--) {
      backend.matmul(dm, grads.at(t + 1), this.Wr.value.T);
      backend.lstmCellBackward(dgates, dc, dm, gates, cs, t);
      backend.addmm(grads.at(t), dgates.at(t), this.Wh.value.T);
    }
    backend.affineGrads(this.Wx.grad, this.b.grad, xs, dgates); // and once for all time steps
    backend.addmm(this.Wh.grad, hPrev.T, dgates);
    backend.addmm(this.Wr.grad, mNext.T, dys);
    backend.matmul(dxs, dgates, this.Wx.value.T);
    this.#dh = grads.at(0);
    this.#dc = dc;
    return dxs;
  }

  /** `(N, P)`, after backward: the gradient of the state before the block, which a decoder hands to its encoder. */
  get dh(): Tensor {
    return expectBackward('TimeProjectedLSTM', 'dh', this.#dh);
  }

  /** `(N, H)`, after backward: the gradient of the cell before the block. */
  get dc(): Tensor {
    return expectBackward('TimeProjectedLSTM', 'dc', this.#dc);
  }

  /** The h `(N, P)` and c `(N, H)` with which the last block ended, lent until the next forward; undefined after a reset. */
  getState(): { h: Tensor; c: Tensor } | undefined {
    const [h, c] = [this.#h.value, this.#c.value];
    return h && c ? { h, c } : undefined;
  }

  /** Begins the next block with copies of h `(N, P)` and c `(N, H)`. */
  setState(h: Tensor, c: Tensor): void {
    expectStateful('TimeProjectedLSTM', this.stateful);
    const { rows: H, cols: P } = this.Wr.value;
    // Both before either is kept, so that an error leaves the state as it was.
    expectShape('TimeProjectedLSTM.setState', 'h', h.shape, ['N', P]);
    expectShape('TimeProjectedLSTM.setState', 'c', c.shape, [h.shape[0], H]);
    this.#h.set(h);
    this.#c.set(c);
  }

  /** Begins the next block with zeros. */
  resetState(): void {
    this.#h.reset();
    this.#c.reset();
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
    const { rows: H, cols: P } = this.Wr.value;
    const D = this.Wx.value.rows;
    expectShape('TimeProjectedLSTM.forward', 'xs', xs.shape, ['N', 'T', D]);
    const [N, T] = xs.shape;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) =>
      this.#memory.take(name, xs.backend, shape, this.Wx.value.dtype);
    const hs = take('hs', N, T + 1, P);
    const ms = take('ms', N, T + 1, H);
    this.#plan = {
      xs,
      T,
      gates: take('gates', N, T, 4 * H),
      hs,
      cs: take('cs', N, T + 1, H),
      ms,
      hPrev: hs.slice(0, T),
      ys: hs.slice(1, T + 1),
      mNext: ms.slice(1, T + 1),
      dgates: take('dgates', N, T, 4 * H),
      grads: take('grads', N, T + 1, P),
      dm: take('dm', N, H),
      dc: take('dc', N, H),
      dxs: take('dxs', N, T, D),
    };
    return this.#plan;
  }
}
