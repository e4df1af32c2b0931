import { expectShape, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';

interface Plan {
  x: Tensor; // (N, D)
  gates: Tensor; // (N, 1, 3H), in the order z, r, h
  hs: Tensor; // (N, 2, H), before and after
  rh: Tensor; // (N, 1, H), r * h
  dgates: Tensor; // (N, 1, 3H)
  dx: Tensor; // (N, D)
  dhPrev: Tensor; // (N, H)
  drh: Tensor; // (N, H)
}

/**
 * One step of a GRU. Book appendix C; Cho et al. 2014 (arXiv:1406.1078), with z and
 * 1 - z exchanged as in Chung et al. 2014 (arXiv:1412.3555).
 *
 *     z, r = sigmoid(x @ Wx[:, :2H] + h @ Wh[:, :2H] + b[:2H])
 *     h~   = tanh(x @ Wx[:, 2H:] + (r * h) @ Wh[:, 2H:] + b[2H:])
 *     h    = (1 - z) * h + z * h~
 */
export class GRU {
  readonly Wx: Parameter;
  readonly Wh: Parameter;
  readonly b: Parameter;
  readonly params: readonly Parameter[];
  readonly #memory = new Memory();
  readonly #H: number;
  #plan: Plan | undefined;

  /**
   * @param Wx `(D, 3H)`, gate order z, r, h
   * @param Wh `(H, 3H)`
   * @param b `(3H)`
   */
  constructor(Wx: Tensor | Parameter, Wh: Tensor | Parameter, b: Tensor | Parameter) {
    this.Wx = this.#memory.parameter('Wx', Wx);
    this.Wh = this.#memory.parameter('Wh', Wh);
    this.b = this.#memory.parameter('b', b);
    this.params = [this.Wx, this.Wh, this.b];
    const H = this.Wh.value.rows;
    expectShape('GRU', 'Wh', this.Wh.value.shape, [H, 3 * H]);
    expectShape('GRU', 'Wx', this.Wx.value.shape, ['D', 3 * H]);
    expectShape('GRU', 'b', this.b.value.shape, [3 * H]);
    this.#H = H;
  }

  /** x `(N, D)` and hPrev `(N, H)` to hNext `(N, H)` */
  forward(x: Tensor, hPrev: Tensor): Tensor {
    const { backend } = x;
    const H = this.#H;
    const { gates, hs, rh } = this.#planFor(x, hPrev);
    const gate = gates.at(0);
    backend.copy(hs.at(0), hPrev);
    backend.affine(gate, x, this.Wx.value, this.b.value);
    backend.addmm(gate.columns(0, 2 * H), hs.at(0), this.Wh.value.columns(0, 2 * H));
    backend.gruGates(rh, gates, hs, 0);
    backend.addmm(gate.columns(2 * H, 3 * H), rh.at(0), this.Wh.value.columns(2 * H, 3 * H));
    backend.gruCell(hs, gates, 0);
    return hs.at(1);
  }

  /** dhNext `(N, H)` to dx `(N, D)` and dhPrev `(N, H)`; adds to the gradients of Wx, Wh and b */
  backward(dhNext: Tensor): [dx: Tensor, dhPrev: Tensor] {
    const { backend } = dhNext;
    const H = this.#H;
    const { x, gates, hs, rh, dgates, dx, dhPrev, drh } = expectForward('GRU', this.#plan);
    expectShape('GRU.backward', 'dhNext', dhNext.shape, dhPrev.shape);
    const dgate = dgates.at(0);
    const [dzr, dcandidate] = [dgate.columns(0, 2 * H), dgate.columns(2 * H, 3 * H)];
    backend.copy(dhPrev, dhNext);
    backend.gruCellBackward(dgates, dhPrev, gates, hs, 0);
    backend.matmul(drh, dcandidate, this.Wh.value.columns(2 * H, 3 * H).T);
    backend.gruGatesBackward(dgates, dhPrev, drh, gates, hs, 0);
    backend.addmm(dhPrev, dzr, this.Wh.value.columns(0, 2 * H).T);
    backend.affineGrads(this.Wx.grad, this.b.grad, x, dgate);
    backend.addmm(this.Wh.grad.columns(0, 2 * H), hs.at(0).T, dzr);
    backend.addmm(this.Wh.grad.columns(2 * H, 3 * H), rh.at(0).T, dcandidate);
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
    const [D, H] = [this.Wx.value.rows, this.#H];
    expectShape('GRU.forward', 'x', x.shape, ['N', D]);
    const [N] = x.shape;
    expectShape('GRU.forward', 'hPrev', hPrev.shape, [N, H]);
    if (this.#plan?.x === x) return this.#plan;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, ...shape: number[]) =>
      this.#memory.take(name, x.backend, shape, this.Wx.value.dtype);
    this.#plan = {
      x,
      gates: take('gates', N, 1, 3 * H),
      hs: take('hs', N, 2, H),
      rh: take('rh', N, 1, H),
      dgates: take('dgates', N, 1, 3 * H),
      dx: take('dx', N, D),
      dhPrev: take('dhPrev', N, H),
      drh: take('drh', N, H),
    };
    return this.#plan;
  }
}
