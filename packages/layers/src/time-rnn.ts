import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { CarriedState, expectStateful } from './carried-state.ts';
import { expectBackward, expectForward } from './expect-forward.ts';

interface Plan {
  xs: Tensor; // (N, T, D)
  T: number;
  gates: Tensor; // (N, T, H), what the tanh is taken of
  hs: Tensor; // (N, T + 1, H), the state before each step and after the last
  hPrev: Tensor; // hs[:, :T]
  ys: Tensor; // hs[:, 1:]
  dgates: Tensor; // (N, T, H)
  dh: Tensor; // (N, H)
  dxs: Tensor; // (N, T, D)
}

/**
 * A tanh RNN over a block of T time steps. Book section 5.3; Elman 1990.
 *
 *     h = tanh(xs[:, t] @ Wx + h @ Wh + b)
 *
 * Stateful, it begins a block with the h that the block before ended with; gradients end at the block's edge.
 */
export class TimeRNN implements Layer {
  readonly Wx: Parameter;
  readonly Wh: Parameter;
  readonly b: Parameter;
  readonly params: readonly Parameter[];
  readonly stateful: boolean;
  /** What `getState` gives, in the order in which `setState` takes it. */
  readonly stateNames: readonly string[] = ['h'];
  readonly #memory = new Memory();
  readonly #h: CarriedState;
  #plan: Plan | undefined;
  #dh: Tensor | undefined;

  /**
   * @param Wx `(D, H)`
   * @param Wh `(H, H)`
   * @param b `(H)`
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
    expectShape('TimeRNN', 'Wh', this.Wh.value.shape, [H, H]);
    expectShape('TimeRNN', 'Wx', this.Wx.value.shape, ['D', H]);
    expectShape('TimeRNN', 'b', this.b.value.shape, [H]);
    this.#h = new CarriedState('TimeRNN', 'h', H, this.#memory);
  }

  /**
   * xs `(N, T, D)` to hs `(N, T, H)`
   * @throws StateError if it is stateful and carries the state of another batch size
   */
  forward(xs: Tensor): Tensor {
    const { backend } = xs;
    const { T, gates, hs, ys } = this.#planFor(xs);
    this.#h.enter(hs.at(0), this.stateful);
    backend.affine(gates, xs, this.Wx.value, this.b.value); // every time step at once
    for (let t = 0; t < T; t++) {
      backend.addmm(gates.at(t), hs.at(t), this.Wh.value);
      backend.rnnCell(hs, gates, t);
    }
    this.#h.leave(hs.at(T));
    return ys;
  }

  /** dhs `(N, T, H)` to dxs `(N, T, D)`; adds to the gradients of Wx, Wh and b, and leaves `dh` */
  backward(dhs: Tensor): Tensor {
    const { backend } = dhs;
    const { xs, T, hs, hPrev, ys, dgates, dh, dxs } = expectForward('TimeRNN', this.#plan);
    expectShape('TimeRNN.backward', 'dhs', dhs.shape, ys.shape);
    backend.fill(dh, 0);
    for (let t = T - 1; t >= 0; t--) {
      backend.add(dh, dhs.at(t)); // from the layer above, and from step t + 1
      backend.rnnCellBackward(dgates, dh, hs, t);
      backend.matmul(dh, dgates.at(t), this.Wh.value.T);
    }
    backend.affineGrads(this.Wx.grad, this.b.grad, xs, dgates); // and once for all time steps
    backend.addmm(this.Wh.grad, hPrev.T, dgates);
    backend.matmul(dxs, dgates, this.Wx.value.T);
    this.#dh = dh;
    return dxs;
  }

  /** `(N, H)`, after backward: the gradient of the state before the block. */
  get dh(): Tensor {
    return expectBackward('TimeRNN', 'dh', this.#dh);
  }

  /** The h `(N, H)` with which the last block ended, lent until the next forward; undefined after a reset. */
  getState(): { h: Tensor } | undefined {
    const h = this.#h.value;
    return h && { h };
  }

  /** Begins the next block with a copy of h `(N, H)`. */
  setState(h: Tensor): void {
    expectStateful('TimeRNN', this.stateful);
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
    const [D, H] = [this.Wx.value.rows, this.Wh.value.rows];
    expectShape('TimeRNN.forward', 'xs', xs.shape, ['N', 'T', D]);
    const [N, T] = xs.shape;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) =>
      this.#memory.take(name, xs.backend, shape, this.Wx.value.dtype);
    const hs = take('hs', N, T + 1, H);
    this.#plan = {
      xs,
      T,
      gates: take('gates', N, T, H),
      hs,
      hPrev: hs.slice(0, T),
      ys: hs.slice(1, T + 1),
      dgates: take('dgates', N, T, H),
      dh: take('dh', N, H),
      dxs: take('dxs', N, T, D),
    };
    return this.#plan;
  }
}
