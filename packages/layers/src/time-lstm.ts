import {
  expectShape,
  type InputGate,
  type Layer,
  Memory,
  type Parameter,
  type Tensor,
  ValueError,
} from '@unroll/tensor';
import { CarriedState, expectStateful } from './carried-state.ts';
import { expectBackward, expectForward } from './expect-forward.ts';

const inputGates: readonly InputGate[] = ['own', 'capped', 'coupled'];

interface Plan {
  xs: Tensor; // (N, T, D)
  T: number;
  gates: Tensor; // (N, T, 4H), in the order f, g, i, o; coupled, (N, T, 3H), f, g, o
  hs: Tensor; // (N, T + 1, H), the state before each step and after the last
  cs: Tensor; // (N, T + 1, H)
  hPrev: Tensor; // hs[:, :T]
  ys: Tensor; // hs[:, 1:]
  dgates: Tensor; // as gates
  dh: Tensor; // (N, H)
  dc: Tensor; // (N, H)
  dxs: Tensor; // (N, T, D)
}

/**
 * An LSTM over a block of T time steps. Book sections 6.2 and 6.3; Hochreiter and Schmidhuber 1997, with the forget gate
 * of Gers et al. 2000.
 *
 *     f, g, i, o = xs[:, t] @ Wx + h @ Wh + b      f, i, o through a sigmoid, g through tanh
 *     c = f * c + g * i
 *     h = o * tanh(c)
 *
 * Stateful, it begins a block with the h and c that the block before ended with; gradients end at the block's edge
 * (truncated backpropagation through time).
 *
 * With an input gate that is `capped`, min(i, 1 - f) stands for i: never more comes in than was forgotten, and c stays
 * within -1 and 1 (Melis, Dyer and Blunsom 2018, arXiv:1707.05589). `coupled`, 1 - f stands for it, and the gates are
 * f, g, o (the CIFG of Greff et al. 2017, arXiv:1503.04069).
 */
export class TimeLSTM implements Layer {
  readonly Wx: Parameter;
  readonly Wh: Parameter;
  readonly b: Parameter;
  readonly params: readonly Parameter[];
  readonly stateful: boolean;
  /** What `getState` gives, in the order in which `setState` takes it. */
  readonly stateNames: readonly string[] = ['h', 'c'];
  readonly inputGate: InputGate;
  readonly #memory = new Memory();
  readonly #h: CarriedState;
  readonly #c: CarriedState;
  #plan: Plan | undefined;
  #dh: Tensor | undefined;
  #dc: Tensor | undefined;

  /**
   * @param Wx `(D, 4H)`, gate order f, g, i, o; with a coupled input gate `(D, 3H)`, f, g, o
   * @param Wh `(H, 4H)` or `(H, 3H)`
   * @param b `(4H)` or `(3H)`
   * @throws ShapeError if they do not fit together, ValueError for an input gate that there is not
   */
  constructor(
    Wx: Tensor | Parameter,
    Wh: Tensor | Parameter,
    b: Tensor | Parameter,
    { stateful = false, inputGate = 'own' }: { stateful?: boolean; inputGate?: InputGate } = {},
  ) {
    this.Wx = this.#memory.parameter('Wx', Wx);
    this.Wh = this.#memory.parameter('Wh', Wh);
    this.b = this.#memory.parameter('b', b);
    this.params = [this.Wx, this.Wh, this.b];
    this.stateful = stateful;
    if (!inputGates.includes(inputGate)) {
      throw new ValueError(
        `TimeLSTM: expected inputGate to be one of ${inputGates.join(', ')}, got ${inputGate}`,
      );
    }
    this.inputGate = inputGate;
    const H = this.Wh.value.rows;
    const width = inputGate === 'coupled' ? 3 * H : 4 * H;
    expectShape('TimeLSTM', 'Wh', this.Wh.value.shape, [H, width]);
    expectShape('TimeLSTM', 'Wx', this.Wx.value.shape, ['D', width]);
    expectShape('TimeLSTM', 'b', this.b.value.shape, [width]);
    this.#h = new CarriedState('TimeLSTM', 'h', H, this.#memory);
    this.#c = new CarriedState('TimeLSTM', 'c', H, this.#memory);
  }

  /**
   * xs `(N, T, D)` to hs `(N, T, H)`
   * @throws StateError if it is stateful and carries the state of another batch size
   */
  forward(xs: Tensor): Tensor {
    const { backend } = xs;
    const { T, gates, hs, cs, ys } = this.#planFor(xs);
    this.#h.enter(hs.at(0), this.stateful);
    this.#c.enter(cs.at(0), this.stateful);
    backend.affine(gates, xs, this.Wx.value, this.b.value); // every time step at once
    for (let t = 0; t < T; t++) {
      backend.addmm(gates.at(t), hs.at(t), this.Wh.value);
      backend.lstmCell(hs, cs, gates, t, this.inputGate);
    }
    this.#h.leave(hs.at(T));
    this.#c.leave(cs.at(T));
    return ys;
  }

  /** dhs `(N, T, H)` to dxs `(N, T, D)`; adds to the gradients of Wx, Wh and b, and leaves `dh` and `dc` */
  backward(dhs: Tensor): Tensor {
    const { backend } = dhs;
    const { xs, T, gates, cs, hPrev, ys, dgates, dh, dc, dxs } = expectForward('TimeLSTM', this.#plan);
    expectShape('TimeLSTM.backward', 'dhs', dhs.shape, ys.shape);
    backend.fill(dh, 0);
    backend.fill(dc, 0);
    for (let t = T - 1; t >= 0; t--) {
      backend.add(dh, dhs.at(t)); // from the layer above, and from step t + 1
      backend.lstmCellBackward(dgates, dc, dh, gates, cs, t, this.inputGate);
      backend.matmul(dh, dgates.at(t), this.Wh.value.T);
    }
    backend.affineGrads(this.Wx.grad, this.b.grad, xs, dgates); // and once for all time steps
    backend.addmm(this.Wh.grad, hPrev.T, dgates);
    backend.matmul(dxs, dgates, this.Wx.value.T);
    this.#dh = dh;
    this.#dc = dc;
    return dxs;
  }

  /** `(N, H)`, after backward: the gradient of the state before the block, which a decoder hands to its encoder. */
  get dh(): Tensor {
    return expectBackward('TimeLSTM', 'dh', this.#dh);
  }

  /** `(N, H)`, after backward: the gradient of the cell before the block. */
  get dc(): Tensor {
    return expectBackward('TimeLSTM', 'dc', this.#dc);
  }

  /** The h and c `(N, H)` with which the last block ended, lent until the next forward; undefined after a reset. */
  getState(): { h: Tensor; c: Tensor } | undefined {
    const [h, c] = [this.#h.value, this.#c.value];
    return h && c ? { h, c } : undefined;
  }

  /** Begins the next block with copies of h and c `(N, H)`; without c, with a cell of zeros. */
  setState(h: Tensor, c?: Tensor): void {
    expectStateful('TimeLSTM', this.stateful);
    // Both before either is kept, so that an error leaves the state as it was.
    expectShape('TimeLSTM.setState', 'h', h.shape, ['N', this.Wh.value.rows]);
    if (c) expectShape('TimeLSTM.setState', 'c', c.shape, h.shape);
    this.#h.set(h);
    if (c) this.#c.set(c);
    else this.#c.setZeros(h);
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
    const { rows: D, cols: width } = this.Wx.value;
    const H = this.Wh.value.rows;
    expectShape('TimeLSTM.forward', 'xs', xs.shape, ['N', 'T', D]);
    const [N, T] = xs.shape;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) =>
      this.#memory.take(name, xs.backend, shape, this.Wx.value.dtype);
    const hs = take('hs', N, T + 1, H);
    this.#plan = {
      xs,
      T,
      gates: take('gates', N, T, width),
      hs,
      cs: take('cs', N, T + 1, H),
      hPrev: hs.slice(0, T),
      ys: hs.slice(1, T + 1),
      dgates: take('dgates', N, T, width),
      dh: take('dh', N, H),
      dc: take('dc', N, H),
      dxs: take('dxs', N, T, D),
    };
    return this.#plan;
  }
}
