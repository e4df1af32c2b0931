export { createModel, modelNames } from './create-model.ts';
export { type GenerateOptions, generate } from './generate.ts';
export type { LanguageModel, ModelConfig, ModelOptions, ModelState } from './language-model.ts';
export { Rnnlm } from './rnnlm.ts';
export { type SamplingOptions, sampleId } from './sampling.ts';
export { SimpleRnnlm } from './simple-rnnlm.ts';
