import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { CarriedState, expectStateful } from './carried-state.ts';
import { expectBackward, expectForward } from './expect-forward.ts';

interface Plan {
  xs: Tensor; // (N, T, D)
  T: number;
  inputs: Tensor; // (N, T + 1, D), the x before the block and those of the block
  xPrev: Tensor; // inputs[:, :T]
  x: Tensor; // inputs[:, 1:]
  gates: Tensor; // (N, T, 3H), in the order z, f, o
  z: Tensor; // (N, T, H)
  fo: Tensor; // (N, T, 2H)
  f: Tensor; // (N, T, H)
  o: Tensor; // (N, T, H)
  i: Tensor; // (N, T, H), 1 - f
  news: Tensor; // (N, T, H), (1 - f) * z
  cs: Tensor; // (N, T + 1, H), the cell before each step and after the last
  c: Tensor; // cs[:, 1:]
  hs: Tensor; // (N, T, H)
  dgates: Tensor; // (N, T, 3H)
  dz: Tensor; // (N, T, H)
  dfo: Tensor; // (N, T, 2H)
  dnews: Tensor; // (N, T, H)
  dcs: Tensor; // (N, T, H)
  dc: Tensor; // (N, H)
  dinputs: Tensor; // (N, T + 1, D)
  dxPrev: Tensor; // dinputs[:, :T]
  dxs: Tensor; // dinputs[:, 1:]
}

/**
 * A quasi-recurrent network over a block of T time steps, with a window of two inputs and fo-pooling: its gates look at this x
 * and the one before instead of h, so that all products are done for the whole block at once. Bradbury et al. 2017,
 * arXiv:1611.01576, section 2.
 *
 *     z, f, o = xs[:, t - 1] @ Wprev + xs[:, t] @ Wx + b      f, o through a sigmoid, z through tanh
 *     c = f * c + (1 - f) * z
 *     h = o * c
 *
 * Stateful, it begins a block with the c and the last x of the block before, else with zeros for both.
 */
export class TimeQRNN implements Layer {
  readonly Wprev: Parameter;
  readonly Wx: Parameter;
  readonly b: Parameter;
  readonly params: readonly Parameter[];
  readonly stateful: boolean;
  /** What `getState` gives, in the order in which `setState` takes it. */
  readonly stateNames: readonly string[] = ['c', 'x'];
  readonly #memory = new Memory();
  readonly #c: CarriedState;
  readonly #x: CarriedState;
  readonly #H: number;
  #plan: Plan | undefined;
  #dc: Tensor | undefined;
  #dx: Tensor | undefined;

  /**
   * @param Wprev `(D, 3H)`, for the x of the step before, gate order z, f, o
   * @param Wx `(D, 3H)`
   * @param b `(3H)`
   * @throws ShapeError if they do not fit together
   */
  constructor(
    Wprev: Tensor | Parameter,
    Wx: Tensor | Parameter,
    b: Tensor | Parameter,
    { stateful = false }: { stateful?: boolean } = {},
  ) {
    this.Wprev = this.#memory.parameter('Wprev', Wprev);
    this.Wx = this.#memory.parameter('Wx', Wx);
    this.b = this.#memory.parameter('b', b);
    this.params = [this.Wprev, this.Wx, this.b];
    this.stateful = stateful;
    const D = this.Wx.value.rows;
    const H = Math.floor(this.Wx.value.cols / 3);
    expectShape('TimeQRNN', 'Wx', this.Wx.value.shape, ['D', 3 * H]);
    expectShape('TimeQRNN', 'Wprev', this.Wprev.value.shape, [D, 3 * H]);
    expectShape('TimeQRNN', 'b', this.b.value.shape, [3 * H]);
    this.#H = H;
    this.#c = new CarriedState('TimeQRNN', 'c', H, this.#memory);
    this.#x = new CarriedState('TimeQRNN', 'x', D, this.#memory);
  }

  /**
   * xs `(N, T, D)` to hs `(N, T, H)`
   * @throws StateError if it is stateful and carries the state of another batch size
   */
  forward(xs: Tensor): Tensor {
    const { backend } = xs;
    const H = this.#H;
    const { T, inputs, xPrev, x, gates, z, fo, f, o, i, news, cs, c, hs } = this.#planFor(xs);
    this.#c.enter(cs.at(0), this.stateful);
    this.#x.enter(inputs.at(0), this.stateful);
    backend.copy(x, xs);
    backend.affine(gates, x, this.Wx.value, this.b.value);
    backend.addmm(gates, xPrev, this.Wprev.value);
    backend.tanh(z, z);
    backend.sigmoid(fo, gates.columns(H, 3 * H));
    backend.fill(i, 1);
    backend.add(i, f, -1);
    backend.multiply(news, i, z);
    backend.recurrence(cs, f, news); // c = f * c + (1 - f) * z
    backend.multiply(hs, o, c);
    this.#c.leave(cs.at(T));
    this.#x.leave(inputs.at(T));
    return hs;
  }

  /** dhs `(N, T, H)` to dxs `(N, T, D)`; adds to the gradients of Wprev, Wx and b, and leaves `dc` and `dx` */
  backward(dhs: Tensor): Tensor {
    const { backend } = dhs;
    const H = this.#H;
    const plan = expectForward('TimeQRNN', this.#plan);
    const { xPrev, x, z, fo, f, o, i, cs, c, hs } = plan;
    const { dgates, dz, dfo, dnews, dcs, dc, dinputs, dxPrev, dxs } = plan;
    const df = dfo.columns(0, H);
    expectShape('TimeQRNN.backward', 'dhs', dhs.shape, hs.shape);
    backend.multiply(dfo.columns(H, 2 * H), dhs, c); // of o
    backend.multiply(dcs, dhs, o);
    backend.fill(dc, 0);
    backend.recurrenceBackward(df, dnews, dc, dcs, f, cs);
    backend.multiply(dz, dnews, z);
    backend.add(df, dz, -1); // through 1 - f
    backend.multiply(dz, dnews, i);
    backend.tanhBackward(dgates.columns(0, H), dz, z);
    backend.sigmoidBackward(dgates.columns(H, 3 * H), dfo, fo);
    backend.affineGrads(this.Wx.grad, this.b.grad, x, dgates);
    backend.addmm(this.Wprev.grad, xPrev.T, dgates);
    backend.fill(dinputs.at(0), 0);
    backend.matmul(dxs, dgates, this.Wx.value.T);
    backend.addmm(dxPrev, dgates, this.Wprev.value.T);
    this.#dc = dc;
    this.#dx = dinputs.at(0);
    return dxs;
  }

  /** `(N, H)`, after backward: the gradient of the cell before the block. */
  get dc(): Tensor {
    return expectBackward('TimeQRNN', 'dc', this.#dc);
  }

  /** `(N, D)`, after backward: the gradient of the x before the block. */
  get dx(): Tensor {
    return expectBackward('TimeQRNN', 'dx', this.#dx);
  }

  /** The c `(N, H)` with which the last block ended and its last x `(N, D)`, lent until the next forward; undefined after a reset. */
  getState(): { c: Tensor; x: Tensor } | undefined {
    const [c, x] = [this.#c.value, this.#x.value];
    return c && x ? { c, x } : undefined;
  }

  /** Begins the next block with copies of c `(N, H)` and of the x before it `(N, D)`. */
  setState(c: Tensor, x: Tensor): void {
    expectStateful('TimeQRNN', this.stateful);
    // Both before either is kept, so that an error leaves the state as it was.
    expectShape('TimeQRNN.setState', 'c', c.shape, ['N', this.#H]);
    expectShape('TimeQRNN.setState', 'x', x.shape, [c.shape[0], this.Wx.value.rows]);
    this.#c.set(c);
    this.#x.set(x);
  }

  /** Begins the next block with zeros. */
  resetState(): void {
    this.#c.reset();
    this.#x.reset();
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
    expectShape('TimeQRNN.forward', 'xs', xs.shape, ['N', 'T', D]);
    const [N, T] = xs.shape;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) =>
      this.#memory.take(name, xs.backend, shape, this.Wx.value.dtype);
    const [inputs, dinputs] = [take('inputs', N, T + 1, D), take('dinputs', N, T + 1, D)];
    const [gates, fo, cs] = [take('gates', N, T, 3 * H), take('fo', N, T, 2 * H), take('cs', N, T + 1, H)];
    this.#plan = {
      xs,
      T,
      inputs,
      xPrev: inputs.slice(0, T),
      x: inputs.slice(1, T + 1),
      gates,
      z: gates.columns(0, H),
      fo,
      f: fo.columns(0, H),
      o: fo.columns(H, 2 * H),
      i: take('i', N, T, H),
      news: take('news', N, T, H),
      cs,
      c: cs.slice(1, T + 1),
      hs: take('hs', N, T, H),
      dgates: take('dgates', N, T, 3 * H),
      dz: take('dz', N, T, H),
      dfo: take('dfo', N, T, 2 * H),
      dnews: take('dnews', N, T, H),
      dcs: take('dcs', N, T, H),
      dc: take('dc', N, H),
      dinputs,
      dxPrev: dinputs.slice(0, T),
      dxs: dinputs.slice(1, T + 1),
    };
    return this.#plan;
  }
}
