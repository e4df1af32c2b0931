import { type Layer, Memory, type Parameter, type Tensor, ValueError } from '@unroll/tensor';
import { MaskedLayer } from './masked-layer.ts';

/** What TimeRNN, TimeLSTM and their kin are. */
interface RecurrentLayer extends Layer {
  readonly stateful: boolean;
  readonly stateNames: readonly string[];
  readonly dh?: Tensor;
  readonly dc?: Tensor;
  getState(): Readonly<Record<string, Tensor>> | undefined;
  setState(...state: Tensor[]): void;
  resetState(): void;
}

/**
 * DropConnect on a weight of a recurrent layer: one mask over `Wh` for all time steps of a block, and another for the next
 * block. Wan et al. 2013; Merity et al. 2018 (arXiv:1708.02182), section 2.
 *
 *     new WeightDrop(Wh, 0.5, (dropped) => new TimeLSTM(Wx, dropped, b, { stateful: true }), { seed: 3 })
 *
 * The layer inside sees the dropped weight; `params` has the one from which it is made, and that is the one to train.
 */
export class WeightDrop<Inner extends RecurrentLayer> extends MaskedLayer implements Layer {
  readonly Wh: Parameter;
  /** The layer inside. */
  readonly layer: Inner;
  readonly params: readonly Parameter[];
  readonly #memory = new Memory();
  /** What the layer inside has as a weight: Wh itself, unless something of it is dropped. */
  readonly #dropped: { name: string; value: Tensor; grad: Tensor };

  /**
   * @param Wh the weight to drop from
   * @param ratio of its elements, from 0 up to, but not including, 1
   * @param make makes the layer inside, with the parameter that it is given in the place of Wh. The `value` and `grad` of that
   *   parameter are other tensors in training than in evaluation: a layer must look them up in each call, as all layers here do.
   * @param options.seed a whole number; layers with the same seed have the same masks, so give each its own
   * @throws ValueError if the layer does not have that parameter
   */
  constructor(
    Wh: Tensor | Parameter,
    ratio: number,
    make: (dropped: Parameter) => Inner,
    { seed = 0 }: { seed?: number } = {},
  ) {
    super(ratio, seed);
    this.Wh = this.#memory.parameter('Wh', Wh);
    this.#dropped = { ...this.Wh };
    this.layer = make(this.#dropped);
    if (!this.layer.params.includes(this.#dropped)) {
      const names = this.layer.params.map(({ name }) => name).join(', ');
      throw new ValueError(
        `WeightDrop: expected the layer to have the ${this.Wh.name} that it was made with, got one with ${names} of its own; hand it the parameter that the function is called with`,
      );
    }
    this.params = this.layer.params.map((param) => (param === this.#dropped ? this.Wh : param));
  }

  /** As the layer inside: xs `(N, T, D)` to hs `(N, T, H)` */
  forward(xs: Tensor): Tensor {
    this.draw();
    this.#dropped.value = this.drops ? this.#take('value') : this.Wh.value;
    this.#dropped.grad = this.drops ? this.#take('grad') : this.Wh.grad;
    if (this.drops) this.mask(this.#dropped.value, this.Wh.value);
    return this.layer.forward(xs);
  }

  /** As the layer inside: dhs `(N, T, H)` to dxs `(N, T, D)`; the gradient of Wh gets what was not dropped */
  backward(dhs: Tensor): Tensor {
    if (!this.drops) return this.layer.backward(dhs);
    const { backend } = dhs;
    const dWh = this.#take('dWh');
    backend.fill(this.#dropped.grad, 0);
    const dxs = this.layer.backward(dhs);
    this.mask(dWh, this.#dropped.grad);
    backend.add(this.Wh.grad, dWh);
    return dxs;
  }

  get stateful(): boolean {
    return this.layer.stateful;
  }

  /** What `getState` gives, in the order in which `setState` takes it. */
  get stateNames(): readonly string[] {
    return this.layer.stateNames;
  }

  /** `(N, H)`, after backward: the gradient of the state before the block. */
  get dh(): Inner['dh'] {
    return this.layer.dh;
  }

  /** `(N, H)`, after backward: the gradient of the cell before the block, of a layer that has one. */
  get dc(): Inner['dc'] {
    return this.layer.dc;
  }

  /** The state with which the last block ended, lent until the next forward; undefined after a reset. */
  getState(): ReturnType<Inner['getState']> {
    return this.layer.getState() as ReturnType<Inner['getState']>;
  }

  /** Begins the next block with a copy of this state. */
  setState(...state: Parameters<Inner['setState']>): void {
    this.layer.setState(...state);
  }

  /** Begins the next block with zeros. */
  resetState(): void {
    this.layer.resetState();
  }

  /** Bytes held by buffers and by gradients made here, the layer inside included. */
  get bytes(): number {
    return this.#memory.bytes + this.layer.bytes;
  }

  dispose(): void {
    this.layer.dispose();
    this.#memory.dispose();
  }

  protected override get name(): string {
    return 'WeightDrop';
  }

  #take(name: string): Tensor {
    const { backend, shape, dtype } = this.Wh.value;
    return this.#memory.take(name, backend, shape, dtype);
  }
}
