import type { Backend, Parameter, Shape, Tensor, TypedArray } from '@unroll/tensor';

/** What a model is made from, apart from its weights: plain JSON, the content of `config.json`. */
export interface ModelConfig {
  /** `rnnlm` or `simple-rnnlm` */
  readonly model: string;
  readonly vocabSize: number;
  readonly wordvecSize: number;
  readonly hiddenSize: number;
}

/** The recurrent state of a model by name (`lstm.h`), copied out; empty when the next block begins with zeros. */
export type ModelState = ReadonlyMap<string, { readonly shape: Shape; readonly data: TypedArray }>;

/** What trainers, evaluation and generation need of a model. */
export interface LanguageModel {
  readonly backend: Backend;
  readonly config: ModelConfig;
  readonly params: readonly Parameter[];
  readonly grads: readonly Tensor[];
  /** Bytes held by weights, gradients and buffers. */
  readonly bytes: number;

  /** ids `(N, T)` to scores `(N, T, V)`, lent until the next call, `backward` included; carries the state on */
  predict(xs: Tensor): Tensor;
  /** ids xs and the ids that follow, ts, both `(N, T)`, to the mean loss `(1)` in nats */
  forward(xs: Tensor, ts: Tensor): Tensor;
  /** Adds to the gradients of all parameters; once for each forward. */
  backward(dout?: number): void;
  /** Begins the next block with zeros. */
  resetState(): void;
  /** A copy of the state that the next block would begin with. */
  getState(): Promise<ModelState>;
  /** Begins the next block with this state. */
  setState(state: ModelState): void;
  /** Gives back all memory, weights too. */
  dispose(): void;
}

/** What every model is constructed from. */
export interface ModelOptions {
  backend: Backend;
  /** V */
  vocabSize?: number;
  /** D */
  wordvecSize?: number;
  /** H */
  hiddenSize?: number;
  /** Of the initial weights: a whole number from 0. */
  seed?: number;
  dtype?: 'f32' | 'f64';
}
