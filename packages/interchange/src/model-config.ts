/** What a model is made from, apart from its weights: the part of `config.json` that every format needs. */
export interface ModelConfig {
  /** `rnnlm`, `simple-rnnlm`, `better-rnnlm` or `stacked-rnnlm` */
  readonly model: string;
  /** V */
  readonly vocabSize: number;
  /** D */
  readonly wordvecSize: number;
  /** H */
  readonly hiddenSize: number;
  /** Of `stacked-rnnlm`, as what follows: `lstm` (the default), `rnn`, or for ONNX `gru`. */
  readonly cell?: string;
  /** How many recurrent layers, one above the other; 1 unless given. */
  readonly layers?: number;
  /** How states become scores; `affine` unless given. */
  readonly head?: HeadName;
  /** Normalize what each recurrent layer hands on. */
  readonly layerNorm?: boolean;
}

/**
 * `affine`: weights of its own. `tied`: the embedding's, transposed, for which the last recurrent layer has D units. `projected`: the
 * same, with a product (H, D) before it.
 */
export type HeadName = 'affine' | 'tied' | 'projected';
