import { expectShape, type Layer, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import { expectForward } from './expect-forward.ts';

/** The rows of W at the ids. Its gradient touches only those rows; an id that comes twice adds twice. Book section 4.1. */
export class Embedding implements Layer<Tensor, Tensor, void> {
  readonly W: Parameter;
  readonly params: readonly Parameter[];
  readonly #memory = new Memory();
  #plan: { ids: Tensor; out: Tensor } | undefined;

  /** @param W `(V, D)` */
  constructor(W: Tensor | Parameter) {
    this.W = this.#memory.parameter('W', W);
    this.params = [this.W];
    expectShape(this.name, 'W', this.W.value.shape, ['V', 'D']);
  }

  /**
   * ids `(N)`, i32, to `(N, D)`
   * @throws ValueError if an id is not below V
   */
  forward(ids: Tensor): Tensor {
    const { out } = this.#planFor(ids);
    ids.backend.gather(out, this.W.value, ids);
    return out;
  }

  /** dout `(N, D)`; adds to the gradient of W. Ids have no gradient. */
  backward(dout: Tensor): void {
    const { ids, out } = expectForward(this.name, this.#plan);
    expectShape(`${this.name}.backward`, 'dout', dout.shape, out.shape);
    dout.backend.scatterAdd(this.W.grad, ids, dout);
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  protected get name(): string {
    return 'Embedding';
  }

  /** The axes of the ids. */
  protected get axes(): readonly string[] {
    return ['N'];
  }

  #planFor(ids: Tensor): { out: Tensor } {
    if (this.#plan?.ids === ids) return this.#plan;
    const { cols: D, dtype } = this.W.value;
    expectShape(`${this.name}.forward`, 'ids', ids.shape, this.axes);
    this.#plan = undefined; // until there is room for all of it
    this.#plan = { ids, out: this.#memory.take('out', ids.backend, [...ids.shape, D], dtype) };
    return this.#plan;
  }
}
