import { TimeSoftmaxWithLoss } from '@unroll/losses';
import {
  type Backend,
  type Parameter,
  type Shape,
  StateError,
  type Tensor,
  type TypedArray,
} from '@unroll/tensor';
import type { InitialWeights } from './initial-weights.ts';
import type { ModelConfig } from './model-config.ts';
import { copyState, pasteState } from './model-state.ts';
import { isForTraining, isMasked, isRecurrent, type MaskedPart, type Part } from './parts.ts';

/**
 * The recurrent state of a model by name (`lstm.h`), copied out; none when the next block begins with zeros. A model that drew
 * masks for dropout also has `masks`, how many.
 */
export type ModelState = ReadonlyMap<string, { readonly shape: Shape; readonly data: TypedArray }>;

/** What every model is constructed from. */
export interface ModelOptions {
  backend: Backend;
  /** V */
  vocabSize?: number;
  /** D */
  wordvecSize?: number;
  /** H */
  hiddenSize?: number;
  /** Of the initial weights and of dropout: a whole number from 0. */
  seed?: number;
  dtype?: 'f32' | 'f64';
  /** Begin with these, by name, instead of random numbers. */
  weights?: ReadonlyMap<string, { readonly shape: Shape; readonly data: ArrayLike<number> }>;
}

export interface ModelParts {
  readonly config: ModelConfig;
  /** Where the layers' weights came from. */
  readonly weights: InitialWeights;
  /** From ids to scores, one after the other; the last is the output layer. Their names are those of their state: `lstm.h`. */
  readonly layers: Readonly<Record<string, Part>>;
  /** Label smoothing, while training. */
  readonly smoothing?: number;
}

/**
 * A language model: layers from ids to scores, then softmax with loss. `Rnnlm` and its siblings are lists of layers; make your own as
 * they do.
 */
export class LanguageModel {
  readonly backend: Backend;
  readonly config: ModelConfig;
  readonly layers: readonly Part[];
  readonly params: readonly Parameter[];
  readonly grads: readonly Tensor[];
  readonly loss: TimeSoftmaxWithLoss;
  readonly #named: readonly (readonly [name: string, layer: Part])[];
  readonly #weights: InitialWeights;
  readonly #smoothing: number;
  readonly #masked: readonly MaskedPart[];
  #training = true;
  /** How many masks were drawn: one in each block of training, by all parts that drop something. */
  #masks = 0;
  #hs: Tensor | undefined;

  constructor({ config, weights, layers, smoothing = 0 }: ModelParts) {
    this.backend = weights.backend;
    this.config = config;
    this.layers = Object.values(layers);
    this.loss = new TimeSoftmaxWithLoss({ inPlace: true, smoothing });
    // A tied output layer shows the embedding's weights transposed: they are the embedding's.
    const params = this.layers.flatMap(({ params }) => params.filter(({ value }) => !value.transposed));
    this.params = [...new Set(params)]; // what layers share is one parameter
    this.grads = this.params.map(({ grad }) => grad);
    this.#named = Object.entries(layers);
    this.#masked = this.layers.filter(isMasked).filter(({ ratio }) => ratio > 0);
    this.#weights = weights;
    this.#smoothing = smoothing;
  }

  /** ids xs `(N, T)` to scores `(N, T, V)`, lent until the next call, backward included; carries the state on */
  predict(xs: Tensor): Tensor {
    this.#drawMasks();
    this.#hs = undefined;
    let out = xs;
    for (const layer of this.layers.slice(0, -1)) out = layer.forward(out);
    const scores = this.layers[this.layers.length - 1].forward(out);
    this.#hs = out;
    return scores;
  }

  /** ids xs and the ids that follow, ts, both `(N, T)`, to the mean loss `(1)` in nats; in training with label smoothing, to the loss that it makes */
  forward(xs: Tensor, ts: Tensor): Tensor {
    return this.loss.forward(this.predict(xs), ts);
  }

  /** Adds to the gradients of all parameters; once for each forward. */
  backward(dout = 1): void {
    let d: unknown = this.loss.backward(dout);
    for (let i = this.layers.length - 1; i >= 0; i--) d = this.layers[i].backward(d as Tensor);
  }

  /** `(N, T, H)`: what the output layer read in the last block, lent until the next. */
  get hs(): Tensor {
    if (!this.#hs) throw new StateError('LanguageModel.hs: call predict or forward first');
    return this.#hs;
  }

  /** While true, which it is at first, dropout and penalties act: set it to false to evaluate and to write. */
  get training(): boolean {
    return this.#training;
  }

  set training(training: boolean) {
    this.#training = training;
    this.loss.smoothing = training ? this.#smoothing : 0;
    for (const layer of this.layers) if (isForTraining(layer)) layer.training = training;
  }

  /** Begins the next block with zeros. */
  resetState(): void {
    for (const layer of this.layers) if (isRecurrent(layer)) layer.resetState();
  }

  /** A copy of the state that the next block would begin with. */
  async getState(): Promise<ModelState> {
    const masks = this.#masks;
    const state = await copyState(this.#named);
    if (masks === 0) return state;
    return new Map([...state, ['masks', { shape: [1], data: Int32Array.of(masks) }]]);
  }

  /**
   * Begins the next block with this state.
   * @throws StateError or ShapeError if it is the state of another model
   */
  setState(state: ModelState): void {
    const { masks, carried } = splitState(state);
    if (carried.size === 0) this.resetState();
    else pasteState(this.#named, carried, this.params[0].value);
    this.#masks = masks;
  }

  /** Bytes held by weights, gradients and buffers. */
  get bytes(): number {
    return [...this.layers, this.loss, this.#weights].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Gives back all memory, weights too. */
  dispose(): void {
    for (const owner of [...this.layers, this.loss, this.#weights]) owner.dispose();
  }

  /** All parts that drop something draw the mask of the same number, whatever became of a block before. */
  #drawMasks(): void {
    if (!this.#training || this.#masked.length === 0) return;
    for (const layer of this.#masked) layer.calls = this.#masks;
    this.#masks++;
  }
}

function splitState(state: ModelState): { masks: number; carried: ModelState } {
  const carried = new Map(state);
  const [masks] = carried.get('masks')?.data ?? [0];
  carried.delete('masks');
  if (!(Number.isSafeInteger(masks) && masks >= 0)) {
    throw new StateError(
      `setState: expected masks to be a whole number from 0, got ${masks}; is it damaged?`,
    );
  }
  return { masks, carried };
}
