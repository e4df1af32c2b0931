import { ValueError } from '@unroll/tensor';
import { BetterRnnlm } from './better-rnnlm.ts';
import type { LanguageModel, ModelOptions } from './language-model.ts';
import type { ModelConfig } from './model-config.ts';
import { Rnnlm } from './rnnlm.ts';
import { SimpleRnnlm } from './simple-rnnlm.ts';
import { StackedRnnlm } from './stacked-rnnlm.ts';

const models: Readonly<
  Record<string, (options: Omit<ModelConfig, 'model'> & ModelOptions) => LanguageModel>
> = {
  'simple-rnnlm': (options) => new SimpleRnnlm(options),
  rnnlm: (options) => new Rnnlm(options),
  'better-rnnlm': (options) => new BetterRnnlm(options),
  'stacked-rnnlm': (options) => new StackedRnnlm(options),
};

/** The names that `createModel` knows. */
export const modelNames: readonly string[] = /* @__PURE__ */ Object.keys(models);

/**
 * A model from its configuration.
 * @throws ValueError if the name is unknown or a size is not a whole number from 1
 */
export function createModel(
  config: ModelConfig,
  options: Pick<ModelOptions, 'backend' | 'seed' | 'dtype' | 'weights'>,
): LanguageModel {
  if (!Object.hasOwn(models, config.model)) {
    throw new ValueError(`createModel: expected one of ${modelNames.join(', ')}, got ${config.model}`);
  }
  const { model, ...settings } = config;
  return models[model]({ ...settings, ...options });
}
