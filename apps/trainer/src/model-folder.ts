import {
  assignParams,
  type JsonValue,
  type NamedArray,
  paramsToArrays,
  serializeConfig,
  serializeVocab,
} from '@unroll/checkpoint';
import { readModelFolder, writeModelFolder } from '@unroll/checkpoint/node';
import { createModel, type LanguageModel, type ModelConfig } from '@unroll/rnnlm';
import { type Backend, ShapeError, ValueError } from '@unroll/tensor';
import { createTokenizer, type Tokenizer, type TokenizerKind, Vocabulary } from '@unroll/text';
import { DataError } from './exit-code.ts';
import { type FolderConfig, parseModelConfig } from './parse-model-config.ts';

export interface LoadedModel {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

export async function loadModel(folder: string, backend: Backend): Promise<LoadedModel> {
  const { config, vocab, tokenizer: json, tensors } = await readModelFolder(folder);
  const { tokenizer: kind, ...modelConfig } = parseModelConfig(`${folder}/config.json`, config);
  if (vocab.length !== modelConfig.vocabSize) {
    throw new DataError(
      `${folder}: config.json expects a vocabulary of ${modelConfig.vocabSize}, vocab.json has ${vocab.length} tokens; they belong to different models`,
    );
  }
  const tokenizer = await tokenizerOf(folder, kind, vocab, json);
  const model = modelOf(folder, modelConfig, tensors, backend);
  assignParams(model.params, tensors, `${folder}/model.safetensors`);
  model.training = false; // it is loaded to be used, not to be trained on
  return { model, tokenizer };
}

/** Every size is held against the weights before memory of that size is taken. */
function modelOf(
  folder: string,
  config: ModelConfig,
  weights: ReadonlyMap<string, NamedArray>,
  backend: Backend,
): LanguageModel {
  try {
    return createModel(config, { backend, weights });
  } catch (error) {
    if (ValueError.isInstance(error)) throw new DataError(`${folder}/config.json: ${error.message}`);
    if (!ShapeError.isInstance(error)) throw error;
    const message = error.message.replace(/^weights: expected/, 'config.json expects');
    throw new DataError(
      `${folder}: ${message.replace(/, got (.*);.*$/, ', model.safetensors has $1; they belong to different models')}`,
    );
  }
}

/** What a model folder says of itself. */
export async function configOf(folder: string): Promise<FolderConfig> {
  const { config } = await readModelFolder(folder);
  return parseModelConfig(`${folder}/config.json`, config);
}

/** The tokenizer of a model folder. */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const { config, vocab, tokenizer } = await readModelFolder(folder);
  return tokenizerOf(folder, parseModelConfig(`${folder}/config.json`, config).tokenizer, vocab, tokenizer);
}

/** @param json what was in its tokenizer.json, if there is one */
export async function tokenizerOf(
  folder: string,
  kind: TokenizerKind,
  vocab: readonly string[],
  json: JsonValue | undefined,
): Promise<Tokenizer> {
  if (json === undefined && (kind === 'bpe' || kind === 'huggingface')) {
    throw new DataError(
      `${folder}: expected a tokenizer.json, which the tokenizer ${kind} needs; the model is incomplete`,
    );
  }
  try {
    const vocabulary = Vocabulary.fromTokens(vocab);
    if (kind !== 'huggingface') return createTokenizer(kind, vocabulary, json);
    const { HuggingFaceTokenizer } = await import('@unroll/text/huggingface');
    const tokenizer = HuggingFaceTokenizer.fromJSON(json);
    if (tokenizer.vocabulary.size === vocabulary.size) return tokenizer;
    throw new DataError(
      `${folder}: vocab.json has ${vocabulary.size} tokens, tokenizer.json ${tokenizer.vocabulary.size}; they belong to different models`,
    );
  } catch (error) {
    if (error instanceof DataError) throw error;
    const file = kind === 'word' || kind === 'char' ? 'vocab.json' : 'tokenizer.json';
    if (error instanceof Error) throw new DataError(`${folder}/${file}: ${error.message}`);
    throw error;
  }
}

export async function saveModel(folder: string, model: LanguageModel, tokenizer: Tokenizer): Promise<void> {
  const { config, vocab, json } = describeModel(model, tokenizer);
  await writeModelFolder(folder, {
    config,
    vocab,
    tokenizer: json,
    tensors: await paramsToArrays(model.params),
  });
}

/** What stands in a model folder beside the weights, as the bytes of its files. */
export function filesBesideWeights(model: LanguageModel, tokenizer: Tokenizer): Map<string, Uint8Array> {
  const { config, vocab, json } = describeModel(model, tokenizer);
  const files = new Map([
    ['config.json', serializeConfig(config)],
    ['vocab.json', serializeVocab(vocab)],
  ]);
  if (json !== undefined) files.set('tokenizer.json', new TextEncoder().encode(JSON.stringify(json)));
  return files;
}

function describeModel(model: LanguageModel, tokenizer: Tokenizer) {
  return {
    config: { ...model.config, tokenizer: tokenizer.kind },
    vocab: tokenizer.vocabulary.tokens,
    json: tokenizer.toJSON?.() as JsonValue | undefined,
  };
}
