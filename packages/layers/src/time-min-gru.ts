import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { CarriedState, expectStateful } from './carried-state.ts';
import { expectBackward, expectForward } from './expect-forward.ts';

interface Plan {
  xs: Tensor; // (N, T, D)
  T: number;
  gates: Tensor; // (N, T, 2H), in the order z, h~
  z: Tensor; // (N, T, H), as are all that follow, unless they say otherwise
  candidate: Tensor; // h~
  keep: Tensor; // 1 - z
  news: Tensor; // z * h~
  hs: Tensor; // (N, T + 1, H), the state before each step and after the last
  ys: Tensor; // hs[:, 1:]
  dgates: Tensor; // (N, T, 2H)
  dz: Tensor;
  dkeep: Tensor;
  dnews: Tensor;
  dh: Tensor; // (N, H)
  dxs: Tensor; // (N, T, D)
}

/**
 * A minimal GRU over a block of T time steps: neither its gate nor its candidate looks at h, so that all products are done for
 * the whole block at once. Feng et al. 2024, arXiv:2410.01201, section 3.1.
 *
 *     z  = sigmoid(xs[:, t] @ W[:, :H] + b[:H])
 *     h~ = xs[:, t] @ W[:, H:] + b[H:]
 *     h  = (1 - z) * h + z * h~
 */
export class TimeMinGRU implements Layer {
  readonly W: Parameter;
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
   * @param W `(D, 2H)`, in the order z, h
   * @param b `(2H)`
   * @throws ShapeError if they do not fit together
   */
  constructor(
    W: Tensor | Parameter,
    b: Tensor | Parameter,
    { stateful = false }: { stateful?: boolean } = {},
  ) {
    this.W = this.#memory.parameter('W', W);
    this.b = this.#memory.parameter('b', b);
    this.params = [this.W, this.b];
    this.stateful = stateful;
    const H = Math.floor(this.W.value.cols / 2);
    expectShape('TimeMinGRU', 'W', this.W.value.shape, ['D', 2 * H]);
    expectShape('TimeMinGRU', 'b', this.b.value.shape, [2 * H]);
    this.#H = H;
    this.#h = new CarriedState('TimeMinGRU', 'h', H, this.#memory);
  }

  /**
   * xs `(N, T, D)` to hs `(N, T, H)`
   * @throws StateError if it is stateful and carries the state of another batch size
   */
  forward(xs: Tensor): Tensor {
    const { backend } = xs;
    const H = this.#H;
    const { T, gates, z, candidate, keep, news, hs, ys } = this.#planFor(xs);
    this.#h.enter(hs.at(0), this.stateful);
    backend.affine(gates, xs, this.W.value, this.b.value);
    backend.sigmoid(z, gates.columns(0, H));
    backend.fill(keep, 1);
    backend.add(keep, z, -1);
    backend.multiply(news, z, candidate);
    backend.recurrence(hs, keep, news); // h = (1 - z) * h + z * h~
    this.#h.leave(hs.at(T));
    return ys;
  }

  /** dhs `(N, T, H)` to dxs `(N, T, D)`; adds to the gradients of W and b, and leaves `dh` */
  backward(dhs: Tensor): Tensor {
    const { backend } = dhs;
    const H = this.#H;
    const { xs, z, candidate, keep, hs, ys, dgates, dz, dkeep, dnews, dh, dxs } = expectForward(
      'TimeMinGRU',
      this.#plan,
    );
    expectShape('TimeMinGRU.backward', 'dhs', dhs.shape, ys.shape);
    backend.fill(dh, 0);
    backend.recurrenceBackward(dkeep, dnews, dh, dhs, keep, hs);
    backend.multiply(dz, dnews, candidate);
    backend.add(dz, dkeep, -1);
    backend.sigmoidBackward(dgates.columns(0, H), dz, z);
    backend.multiply(dgates.columns(H, 2 * H), dnews, z); // of h~
    backend.affineGrads(this.W.grad, this.b.grad, xs, dgates);
    backend.matmul(dxs, dgates, this.W.value.T);
    this.#dh = dh;
    return dxs;
  }

  /** `(N, H)`, after backward: the gradient of the state before the block. */
  get dh(): Tensor {
    return expectBackward('TimeMinGRU', 'dh', this.#dh);
  }

  /** The h `(N, H)` with which the last block ended, lent until the next forward; undefined after a reset. */
  getState(): { h: Tensor } | undefined {
    const h = this.#h.value;
    return h && { h };
  }

  /** Begins the next block with a copy of h `(N, H)`. */
  setState(h: Tensor): void {
    expectStateful('TimeMinGRU', this.stateful);
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
    const [D, H] = [this.W.value.rows, this.#H];
    expectShape('TimeMinGRU.forward', 'xs', xs.shape, ['N', 'T', D]);
    const [N, T] = xs.shape;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) =>
      this.#memory.take(name, xs.backend, shape, this.W.value.dtype);
    const gates = take('gates', N, T, 2 * H);
    const hs = take('hs', N, T + 1, H);
    this.#plan = {
      xs,
      T,
      gates,
      z: take('z', N, T, H),
      candidate: gates.columns(H, 2 * H),
      keep: take('keep', N, T, H),
      news: take('news', N, T, H),
      hs,
      ys: hs.slice(1, T + 1),
      dgates: take('dgates', N, T, 2 * H),
      dz: take('dz', N, T, H),
      dkeep: take('dkeep', N, T, H),
      dnews: take('dnews', N, T, H),
      dh: take('dh', N, H),
      dxs: take('dxs', N, T, D),
    };
    return this.#plan;
  }
}
