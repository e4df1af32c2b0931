import { expectShape, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';

interface Plan {
  x: Tensor; // (N, D)
  gates: Tensor; // (N, 1, 4H), in the order f, g, i, o
  hs: Tensor; // (N, 2, H), before and after
  cs: Tensor; // (N, 2, H)
  dgates: Tensor; // (N, 1, 4H)
  dx: Tensor; // (N, D)
  dhPrev: Tensor; // (N, H)
  dcPrev: Tensor; // (N, H)
}

/**
 * One step of an LSTM. Book section 6.3; Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
 *
 *     f, g, i, o = x @ Wx + h @ Wh + b      f, i, o through a sigmoid, g through tanh
 *     c = f * c + g * i
 *     h = o * tanh(c)
 */
export class LSTM {
  readonly Wx: Parameter;
  readonly Wh: Parameter;
  readonly b: Parameter;
  readonly params: readonly Parameter[];
  readonly #memory = new Memory();
  #plan: Plan | undefined;

  /**
   * @param Wx `(D, 4H)`, gate order f, g, i, o
   * @param Wh `(H, 4H)`
   * @param b `(4H)`
   */
  constructor(Wx: Tensor | Parameter, Wh: Tensor | Parameter, b: Tensor | Parameter) {
    this.Wx = this.#memory.parameter('Wx', Wx);
    this.Wh = this.#memory.parameter('Wh', Wh);
    this.b = this.#memory.parameter('b', b);
    this.params = [this.Wx, this.Wh, this.b];
    const H = this.Wh.value.rows;
    expectShape('LSTM', 'Wh', this.Wh.value.shape, [H, 4 * H]);
    expectShape('LSTM', 'Wx', this.Wx.value.shape, ['D', 4 * H]);
    expectShape('LSTM', 'b', this.b.value.shape, [4 * H]);
  }

  /** x `(N, D)`, hPrev and cPrev `(N, H)`, to hNext and cNext `(N, H)` */
  forward(x: Tensor, hPrev: Tensor, cPrev: Tensor): [hNext: Tensor, cNext: Tensor] {
    const { backend } = x;
    const { gates, hs, cs } = this.#planFor(x, hPrev, cPrev);
    backend.copy(hs.at(0), hPrev);
    backend.copy(cs.at(0), cPrev);
    backend.affine(gates.at(0), x, this.Wx.value, this.b.value);
    backend.addmm(gates.at(0), hs.at(0), this.Wh.value);
    backend.lstmCell(hs, cs, gates, 0);
    return [hs.at(1), cs.at(1)];
  }

  /** dhNext and dcNext `(N, H)` to dx `(N, D)`, dhPrev and dcPrev `(N, H)`; adds to the gradients of Wx, Wh and b */
  backward(dhNext: Tensor, dcNext: Tensor): [dx: Tensor, dhPrev: Tensor, dcPrev: Tensor] {
    const { backend } = dhNext;
    const { x, gates, hs, cs, dgates, dx, dhPrev, dcPrev } = expectForward('LSTM', this.#plan);
    expectShape('LSTM.backward', 'dhNext', dhNext.shape, dhPrev.shape);
    expectShape('LSTM.backward', 'dcNext', dcNext.shape, dcPrev.shape);
    backend.copy(dcPrev, dcNext);
    backend.lstmCellBackward(dgates, dcPrev, dhNext, gates, cs, 0);
    const dgate = dgates.at(0);
    backend.affineGrads(this.Wx.grad, this.b.grad, x, dgate);
    backend.addmm(this.Wh.grad, hs.at(0).T, dgate);
    backend.matmul(dhPrev, dgate, this.Wh.value.T);
    backend.matmul(dx, dgate, this.Wx.value.T);
    return [dx, dhPrev, dcPrev];
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  #planFor(x: Tensor, hPrev: Tensor, cPrev: Tensor): Plan {
    const [D, H] = [this.Wx.value.rows, this.Wh.value.rows];
    expectShape('LSTM.forward', 'x', x.shape, ['N', D]);
    const [N] = x.shape;
    expectShape('LSTM.forward', 'hPrev', hPrev.shape, [N, H]);
    expectShape('LSTM.forward', 'cPrev', cPrev.shape, [N, H]);
    if (this.#plan?.x === x) return this.#plan;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) =>
      this.#memory.take(name, x.backend, shape, this.Wx.value.dtype);
    this.#plan = {
      x,
      gates: take('gates', N, 1, 4 * H),
      hs: take('hs', N, 2, H),
      cs: take('cs', N, 2, H),
      dgates: take('dgates', N, 1, 4 * H),
      dx: take('dx', N, D),
      dhPrev: take('dhPrev', N, H),
      dcPrev: take('dcPrev', N, H),
    };
    return this.#plan;
  }
}
