import type { CellName } from './cells.ts';

/** What a model is made from, apart from its weights: plain JSON, the content of `config.json`. */
export type ModelConfig = StackConfig & {
  /** One of `modelNames`. */
  readonly model: string;
  /** V */
  readonly vocabSize: number;
  /** D */
  readonly wordvecSize: number;
  /** H */
  readonly hiddenSize: number;
  /** Of `better-rnnlm`: after the embedding and after each LSTM, 0.5 unless given. */
  readonly dropout?: number;
};

/** What `stacked-rnnlm` may have beside sizes. */
export type StackConfig = {
  readonly cell?: CellName;
  /** How many recurrent layers, one above the other. */
  readonly layers?: number;
  /** How states become scores. */
  readonly head?: HeadName;
  /** P: of what a `projected-lstm` hands on, to its next step and to the layer above. */
  readonly projectionSize?: number;
  /** Normalize what each recurrent layer hands on. */
  readonly layerNorm?: boolean;
  /** What the forget gates' part of b begins with. */
  readonly forgetBias?: number;
  readonly dropouts?: Dropouts;
  readonly penalties?: Penalties;
  /** Label smoothing, while training. */
  readonly smoothing?: number;
};

/**
 * `affine`: weights of its own. `tied`: the embedding's, transposed, for which the last recurrent layer has D units (Press and Wolf 2017,
 * arXiv:1608.05859). `projected`: the same, with a product (H, D) before it, so that all recurrent layers can have H units.
 */
export type HeadName = (typeof headNames)[number];
export const headNames = ['affine', 'tied', 'projected'] as const;

/** Shares that are dropped, each 0 unless given. Merity et al. 2018 (arXiv:1708.02182), section 4. */
export type Dropouts = {
  /** Of words: all that a block has of them. */
  readonly words?: number;
  /** Of the word vectors. */
  readonly input?: number;
  /** Of what goes from one recurrent layer to the next. */
  readonly hidden?: number;
  /** Of what the head reads. */
  readonly output?: number;
  /** Of the recurrent weights Wh. */
  readonly weights?: number;
  /** Input, hidden and output: the same mask for all steps of a block (the default), or one for each step. */
  readonly locked?: boolean;
};

/** Added to the gradient, not to the loss that is shown. Merity et al. 2018 (arXiv:1708.02182), section 4.6. */
export type Penalties = {
  /** alpha of AR: on large outputs. */
  readonly activation?: number;
  /** beta of TAR: on outputs that change from step to step. */
  readonly temporal?: number;
};
