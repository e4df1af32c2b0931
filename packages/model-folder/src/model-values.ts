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
}

/** A model as the values of a model folder; the weights are copied. */
export async function valuesOf(model: LanguageModel, tokenizer: Tokenizer): Promise<ModelFiles> {
  return {
    config: { ...model.config, tokenizer: tokenizer.kind },
    vocab: tokenizer.vocabulary.tokens,
    tokenizer: tokenizer.toJSON?.() as JsonValue | undefined,
    tensors: await paramsToArrays(model.params),
  };
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
  const model = build(config, options.backend, tensors, prefix);
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
  backend: Backend,
  weights: ReadonlyMap<string, NamedArray>,
  prefix: string,
): LanguageModel {
  try {
    return createModel(config, { backend, weights });
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
