import { ValueError } from '@unroll/tensor';
import { BetterRnnlm } from './better-rnnlm.ts';
import type { LanguageModel, ModelOptions } from './language-model.ts';
import type { ModelConfig, StackConfig } from './model-config.ts';
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

/** What a stack has and the book's models have not. */
const ofStack = [
  'cell',
  'layers',
  'head',
  'projectionSize',
  'layerNorm',
  'forgetBias',
  'dropouts',
  'penalties',
  'smoothing',
] as const satisfies readonly (keyof StackConfig)[];

/** The names that `createModel` knows. */
export const modelNames: readonly string[] = /* @__PURE__ */ Object.keys(models);

/**
 * A model from its configuration.
 * @throws ValueError if the name is unknown, a size is not a whole number from 1, or the model has nothing that a setting is for
 */
export function createModel(
  config: ModelConfig,
  options: Pick<ModelOptions, 'backend' | 'seed' | 'dtype' | 'weights'>,
): LanguageModel {
  if (!Object.hasOwn(models, config.model)) {
    throw new ValueError(`createModel: expected one of ${modelNames.join(', ')}, got ${config.model}`);
  }
  const { model, ...settings } = config;
  const idle = [
    ...(model === 'stacked-rnnlm' ? [] : ofStack),
    ...(model === 'better-rnnlm' ? [] : (['dropout'] as const)),
  ].find((name) => settings[name] !== undefined);
  if (idle !== undefined) {
    const owner = idle === 'dropout' ? 'better-rnnlm' : 'stacked-rnnlm';
    throw new ValueError(
      `createModel: expected ${idle} with ${owner} alone, got it with ${model}; leave it out`,
    );
  }
  return models[model]({ ...settings, ...options });
}
