import { expectShape, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';

interface Plan {
  x: Tensor; // (N, D)
  gates: Tensor; // (N, 1, H), what the tanh is taken of
  hs: Tensor; // (N, 2, H), before and after
  hPrev: Tensor; // hs[:, 0]
  hNext: Tensor; // hs[:, 1]
  dgates: Tensor; // (N, 1, H)
  dx: Tensor; // (N, D)
  dhPrev: Tensor; // (N, H)
}

/** One step of a tanh RNN: `h = tanh(x @ Wx + h @ Wh + b)`. Book section 5.3.1. */
export class RNN {
  readonly Wx: Parameter;
  readonly Wh: Parameter;
  readonly b: Parameter;
  readonly params: readonly Parameter[];
  readonly #memory = new Memory();
  #plan: Plan | undefined;

  /**
   * @param Wx `(D, H)`
   * @param Wh `(H, H)`
   * @param b `(H)`
   */
  constructor(Wx: Tensor | Parameter, Wh: Tensor | Parameter, b: Tensor | Parameter) {
    this.Wx = this.#memory.parameter('Wx', Wx);
    this.Wh = this.#memory.parameter('Wh', Wh);
    this.b = this.#memory.parameter('b', b);
    this.params = [this.Wx, this.Wh, this.b];
    const H = this.Wh.value.rows;
    expectShape('RNN', 'Wh', this.Wh.value.shape, [H, H]);
    expectShape('RNN', 'Wx', this.Wx.value.shape, ['D', H]);
    expectShape('RNN', 'b', this.b.value.shape, [H]);
  }

  /** x `(N, D)` and hPrev `(N, H)` to hNext `(N, H)` */
  forward(x: Tensor, hPrev: Tensor): Tensor {
    const { backend } = x;
    const plan = this.#planFor(x, hPrev);
    backend.copy(plan.hPrev, hPrev);
    backend.affine(plan.gates.at(0), x, this.Wx.value, this.b.value);
    backend.addmm(plan.gates.at(0), plan.hPrev, this.Wh.value);
    backend.rnnCell(plan.hs, plan.gates, 0);
    return plan.hNext;
  }

  /** dhNext `(N, H)` to dx `(N, D)` and dhPrev `(N, H)`; adds to the gradients of Wx, Wh and b */
  backward(dhNext: Tensor): [dx: Tensor, dhPrev: Tensor] {
    const { backend } = dhNext;
    const { x, hs, hPrev, dgates, dx, dhPrev } = expectForward('RNN', this.#plan);
    expectShape('RNN.backward', 'dhNext', dhNext.shape, hPrev.shape);
    backend.rnnCellBackward(dgates, dhNext, hs, 0);
    const dgate = dgates.at(0);
    backend.affineGrads(this.Wx.grad, this.b.grad, x, dgate);
    backend.addmm(this.Wh.grad, hPrev.T, dgate);
    backend.matmul(dhPrev, dgate, this.Wh.value.T);
    backend.matmul(dx, dgate, this.Wx.value.T);
    return [dx, dhPrev];
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  #planFor(x: Tensor, hPrev: Tensor): Plan {
    const [D, H] = [this.Wx.value.rows, this.Wh.value.rows];
    expectShape('RNN.forward', 'x', x.shape, ['N', D]);
    const [N] = x.shape;
    expectShape('RNN.forward', 'hPrev', hPrev.shape, [N, H]);
    if (this.#plan?.x === x) return this.#plan;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) =>
      this.#memory.take(name, x.backend, shape, this.Wx.value.dtype);
    const hs = take('hs', N, 2, H);
    this.#plan = {
      x,
      gates: take('gates', N, 1, H),
      hs,
      hPrev: hs.at(0),
      hNext: hs.at(1),
      dgates: take('dgates', N, 1, H),
      dx: take('dx', N, D),
      dhPrev: take('dhPrev', N, H),
    };
    return this.#plan;
  }
}
