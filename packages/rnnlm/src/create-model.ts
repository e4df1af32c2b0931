import { type Backend, ValueError } from '@unroll/tensor';
import type { LanguageModel, ModelConfig, ModelOptions } from './language-model.ts';
import { Rnnlm } from './rnnlm.ts';
import { SimpleRnnlm } from './simple-rnnlm.ts';

const models: Readonly<Record<string, (options: ModelOptions) => LanguageModel>> = {
  'simple-rnnlm': (options) => new SimpleRnnlm(options),
  rnnlm: (options) => new Rnnlm(options),
};

/** The names that `createModel` knows. */
export const modelNames: readonly string[] = Object.keys(models);

/**
 * A model from its configuration.
 * @throws ValueError if the name is unknown or a size is not a whole number from 1
 */
export function createModel(
  config: ModelConfig,
  options: { backend: Backend; seed?: number; dtype?: 'f32' | 'f64' },
): LanguageModel {
  if (!Object.hasOwn(models, config.model)) {
    throw new ValueError(`createModel: expected one of ${modelNames.join(', ')}, got ${config.model}`);
  }
  const { model, ...sizes } = config;
  return models[model]({ ...sizes, ...options });
}
