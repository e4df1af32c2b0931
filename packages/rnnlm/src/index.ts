export { BetterRnnlm } from './better-rnnlm.ts';
export { type CellName, cellNames, cellsThatForget, cellsWithWh } from './cells.ts';
export { createModel, modelNames } from './create-model.ts';
export { type GenerateOptions, generate } from './generate.ts';
export { InitialWeights } from './initial-weights.ts';
export { LanguageModel, type ModelOptions, type ModelParts, type ModelState } from './language-model.ts';
export {
  type Dropouts,
  type HeadName,
  headNames,
  type ModelConfig,
  type Penalties,
  type StackConfig,
} from './model-config.ts';
export { setOutputBias } from './output-bias.ts';
export type { MaskedPart, Part, RecurrentPart, TrainingPart } from './parts.ts';
export { Rnnlm } from './rnnlm.ts';
export { type SamplingOptions, sampleId } from './sampling.ts';
export { SimpleRnnlm } from './simple-rnnlm.ts';
export { StackedRnnlm } from './stacked-rnnlm.ts';
