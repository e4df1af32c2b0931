import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { CarriedState, expectStateful } from './carried-state.ts';
import { expectBackward, expectForward } from './expect-forward.ts';

interface Plan {
  xs: Tensor; // (N, T, D)
  T: number;
  gates: Tensor; // (N, T, 3H), in the order z, r, h
  hs: Tensor; // (N, T + 1, H), the state before each step and after the last
  rh: Tensor; // (N, T, H), r * h
  hPrev: Tensor; // hs[:, :T]
  ys: Tensor; // hs[:, 1:]
  dgates: Tensor; // (N, T, 3H)
  dh: Tensor; // (N, H)
  drh: Tensor; // (N, H)
  dxs: Tensor; // (N, T, D)
}

/**
 * A GRU over a block of T time steps. Book appendix C; Cho et al. 2014 (arXiv:1406.1078), with z and
 * 1 - z exchanged as in Chung et al. 2014 (arXiv:1412.3555).
 *
 *     z, r = sigmoid(xs[:, t] @ Wx[:, :2H] + h @ Wh[:, :2H] + b[:2H])
 *     h~   = tanh(xs[:, t] @ Wx[:, 2H:] + (r * h) @ Wh[:, 2H:] + b[2H:])
 *     h    = (1 - z) * h + z * h~
 *
 * (PyTorch's GRU resets after the product, `r * (h @ Wh + b)`, and has z and 1 - z as Cho et al. have them.)
 */
export class TimeGRU implements Layer {
  readonly Wx: Parameter;
  readonly Wh: Parameter;
  readonly b: Parameter;
  readonly params: readonly Parameter[];
  readonly stateful: boolean;
  /** What `getState` gives, in the order in which `setState` takes it. */
  readonly stateNames: readonly string[] = ['h'];
  readonly #memory = new Memory();
  readonly #h: CarriedState;
  readonly #H: number;
  #plan: Plan | undefined;
  #dh: Tensor | undefined;

  /**
   * @param Wx `(D, 3H)`, gate order z, r, h
   * @param Wh `(H, 3H)`
   * @param b `(3H)`
   * @throws ShapeError if they do not fit together
   */
  constructor(
    Wx: Tensor | Parameter,
    Wh: Tensor | Parameter,
    b: Tensor | Parameter,
    { stateful = false }: { stateful?: boolean } = {},
  ) {
    this.Wx = this.#memory.parameter('Wx', Wx);
    this.Wh = this.#memory.parameter('Wh', Wh);
    this.b = this.#memory.parameter('b', b);
    this.params = [this.Wx, this.Wh, this.b];
    this.stateful = stateful;
    const H = this.Wh.value.rows;
    expectShape('TimeGRU', 'Wh', this.Wh.value.shape, [H, 3 * H]);
    expectShape('TimeGRU', 'Wx', this.Wx.value.shape, ['D', 3 * H]);
    expectShape('TimeGRU', 'b', this.b.value.shape, [3 * H]);
    this.#H = H;
    this.#h = new CarriedState('TimeGRU', 'h', H, this.#memory);
  }

  /**
   * xs `(N, T, D)` to hs `(N, T, H)`
   * @throws StateError if it is stateful and carries the state of another batch size
   */
  forward(xs: Tensor): Tensor {
    const { backend } = xs;
    const H = this.#H;
    const { T, gates, hs, rh, ys } = this.#planFor(xs);
    this.#h.enter(hs.at(0), this.stateful);
    backend.affine(gates, xs, this.Wx.value, this.b.value); // every time step at once
    for (let t = 0; t < T; t++) {
      const gate = gates.at(t);
      backend.addmm(gate.columns(0, 2 * H), hs.at(t), this.Wh.value.columns(0, 2 * H));
      backend.gruGates(rh, gates, hs, t);
      backend.addmm(gate.columns(2 * H, 3 * H), rh.at(t), this.Wh.value.columns(2 * H, 3 * H));
      backend.gruCell(hs, gates, t);
    }
    this.#h.leave(hs.at(T));
    return ys;
  }

  /** dhs `(N, T, H)` to dxs `(N, T, D)`; adds to the gradients of Wx, Wh and b, and leaves `dh` */
  backward(dhs: Tensor): Tensor {
    const { backend } = dhs;
    const H = this.#H;
    const { xs, T, gates, hs, rh, hPrev, ys, dgates, dh, drh, dxs } = expectForward('TimeGRU', this.#plan);
    expectShape('TimeGRU.backward', 'dhs', dhs.shape, ys.shape);
    backend.fill(dh, 0);
    for (let t = T - 1; t >= 0; t--) {
      const dgate = dgates.at(t);
      backend.add(dh, dhs.at(t)); // from the layer above, and from step t + 1
      backend.gruCellBackward(dgates, dh, gates, hs, t);
      backend.matmul(drh, dgate.columns(2 * H, 3 * H), this.Wh.value.columns(2 * H, 3 * H).T);
      backend.gruGatesBackward(dgates, dh, drh, gates, hs, t);
      backend.addmm(dh, dgate.columns(0, 2 * H), this.Wh.value.columns(0, 2 * H).T);
    }
    backend.affineGrads(this.Wx.grad, this.b.grad, xs, dgates); // and once for all time steps
    backend.addmm(this.Wh.grad.columns(0, 2 * H), hPrev.T, dgates.columns(0, 2 * H));
    backend.addmm(this.Wh.grad.columns(2 * H, 3 * H), rh.T, dgates.columns(2 * H, 3 * H));
    backend.matmul(dxs, dgates, this.Wx.value.T);
    this.#dh = dh;
    return dxs;
  }

  /** `(N, H)`, after backward: the gradient of the state before the block. */
  get dh(): Tensor {
    return expectBackward('TimeGRU', 'dh', this.#dh);
  }

  /** The h `(N, H)` with which the last block ended, lent until the next forward; undefined after a reset. */
  getState(): { h: Tensor } | undefined {
    const h = this.#h.value;
    return h && { h };
  }

  /** Begins the next block with a copy of h `(N, H)`. */
  setState(h: Tensor): void {
    expectStateful('TimeGRU', this.stateful);
    this.#h.set(h);
  }

  /** Begins the next block with zeros. */
  resetState(): void {
    this.#h.reset();
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
    const [D, H] = [this.Wx.value.rows, this.#H];
    expectShape('TimeGRU.forward', 'xs', xs.shape, ['N', 'T', D]);
    const [N, T] = xs.shape;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) =>
      this.#memory.take(name, xs.backend, shape, this.Wx.value.dtype);
    const hs = take('hs', N, T + 1, H);
    this.#plan = {
      xs,
      T,
      gates: take('gates', N, T, 3 * H),
      hs,
      rh: take('rh', N, T, H),
      hPrev: hs.slice(0, T),
      ys: hs.slice(1, T + 1),
      dgates: take('dgates', N, T, 3 * H),
      dh: take('dh', N, H),
      drh: take('drh', N, H),
      dxs: take('dxs', N, T, D),
    };
    return this.#plan;
  }
}
