import {
  assignParams,
  CheckpointError,
  type JsonValue,
  type ModelFiles,
  type NamedArray,
  paramsToArrays,
} from '@unroll/checkpoint';
import { createModel, type LanguageModel, type ModelConfig } from '@unroll/rnnlm';
import { type Backend, ShapeError, ValueError } from '@unroll/tensor';
import type { Tokenizer } from '@unroll/text';
import { parseModelConfig } from './parse-model-config.ts';
import { type TokenizerOptions, tokenizerFrom } from './tokenizer-from.ts';

/** A language model, and what cuts text into what it reads. */
export interface LoadedModel {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

export interface LoadOptions extends TokenizerOptions {
  /** Where the weights go. */
  readonly backend: Backend;
  /** What they become, whatever they were saved as: `f32` unless given. */
  readonly dtype?: 'f32' | 'f64';
}

/** What a model folder holds beside the weights. */
export type ModelDescription = Omit<ModelFiles, 'tensors'>;

/**
 * What is to be known of a model beside its weights.
 * @throws CheckpointError if they do not belong together, or the model is none that could be made again
 */
export function describeModel(model: LanguageModel, tokenizer: Tokenizer): ModelDescription {
  const config = { ...model.config, tokenizer: tokenizer.kind };
  parseModelConfig(config, 'the model to be saved');
  const { size, tokens } = tokenizer.vocabulary;
  if (size !== config.vocabSize) {
    throw new CheckpointError(
      `the model to be saved: expected a tokenizer of its ${config.vocabSize} tokens, got one of ${size}; they belong to different models`,
    );
  }
  return { config, vocab: tokens, tokenizer: tokenizer.toJSON?.() as JsonValue | undefined };
}

/**
 * A model as the values of a model folder; the weights are copied.
 * @throws CheckpointError as `describeModel` does, and if a weight is not a number
 */
export async function valuesOf(model: LanguageModel, tokenizer: Tokenizer): Promise<ModelFiles> {
  const description = describeModel(model, tokenizer);
  const tensors = await paramsToArrays(model.params);
  for (const [name, { data }] of tensors) {
    if (data.every(Number.isFinite)) continue;
    throw new CheckpointError(
      `the model to be saved: expected numbers in "${name}", got others; training has diverged, keep an earlier model`,
    );
  }
  return { ...description, tensors };
}

/**
 * A model from the values of a model folder, which may come from anywhere: no size is believed that the weights do not have. Its `training` is false.
 * @param prefix stands before the names of files in messages, such as `runs/first/`
 * @throws CheckpointError naming the file that is not what it should be
 */
export async function modelFrom(values: ModelFiles, options: LoadOptions, prefix = ''): Promise<LoadedModel> {
  const { vocab, tokenizer: json, tensors } = values;
  const { tokenizer: kind, ...config } = parseModelConfig(values.config, `${prefix}config.json`);
  if (vocab.length !== config.vocabSize) {
    throw new CheckpointError(
      `${prefix}config.json expects a vocabulary of ${config.vocabSize}, vocab.json has ${vocab.length} tokens; they belong to different models`,
    );
  }
  const tokenizer = await tokenizerFrom({ kind, vocab, json }, options, prefix);
  const model = build(config, options, tensors, prefix);
  try {
    assignParams(model.params, tensors, `${prefix}model.safetensors`);
  } catch (error) {
    model.dispose();
    throw error;
  }
  model.training = false; // it is loaded to be used, not to be trained on
  return { model, tokenizer };
}

/** Every size is held against the weights before memory of that size is taken. */
function build(
  config: ModelConfig,
  { backend, dtype }: LoadOptions,
  weights: ReadonlyMap<string, NamedArray>,
  prefix: string,
): LanguageModel {
  try {
    return createModel(config, { backend, dtype, weights });
  } catch (cause) {
    if (ValueError.isInstance(cause)) {
      throw new CheckpointError(`${prefix}config.json: ${cause.message}`, { cause });
    }
    if (!ShapeError.isInstance(cause)) throw cause;
    const message = cause.message
      .replace(/^weights: expected/, `${prefix}config.json expects`)
      .replace(/, got (.*);.*$/, ', model.safetensors has $1; they belong to different models');
    throw new CheckpointError(message, { cause });
  }
}
