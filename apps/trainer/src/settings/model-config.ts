import type { ModelConfig } from '@unroll/rnnlm';
import type { Settings } from './settings.ts';

/** The configuration of the model that the settings ask for. */
export function modelConfigOf(settings: Settings, vocabSize: number): ModelConfig {
  const { name: model, wordvecSize, hiddenSize } = settings.model;
  const sizes = { model, vocabSize, wordvecSize, hiddenSize };
  const { dropout } = settings.regularization;
  if (model === 'stacked-rnnlm') return { ...sizes, ...stackOf(settings) };
  if (model === 'better-rnnlm') return dropout === undefined ? sizes : { ...sizes, dropout };
  return sizes;
}

function stackOf({ model, regularization: given }: Settings): Partial<ModelConfig> {
  const { cell, layers, head, projectionSize, layerNorm, forgetBias } = model;
  const { dropout } = given;
  return defined({
    ...{ cell, layers, head, projectionSize, layerNorm, forgetBias },
    dropouts: defined({
      words: given.dropoutWords,
      input: given.dropoutInput ?? dropout,
      hidden: given.dropoutHidden ?? dropout,
      output: given.dropoutOutput ?? dropout,
      weights: given.dropoutWeights,
      locked: !given.dropoutPerStep,
    }),
    penalties: defined({ activation: given.activationPenalty, temporal: given.temporalPenalty }),
    smoothing: given.labelSmoothing,
  });
}

/** The settings that a model of this configuration has and that cannot be others, since its weights are of these shapes. */
export function architectureOf(config: ModelConfig): Partial<Settings['model']> {
  const { model: name, wordvecSize, hiddenSize, cell, layers, head, projectionSize, layerNorm } = config;
  return defined({ name, wordvecSize, hiddenSize, cell, layers, head, projectionSize, layerNorm });
}

/** Only what is said, so that the model has its own defaults for the rest. */
function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
