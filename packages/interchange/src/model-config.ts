/** What a model is made from, apart from its weights: the part of `config.json` that every format needs. */
export interface ModelConfig {
  /** `rnnlm` or `simple-rnnlm` */
  readonly model: string;
  /** V */
  readonly vocabSize: number;
  /** D */
  readonly wordvecSize: number;
  /** H */
  readonly hiddenSize: number;
}
