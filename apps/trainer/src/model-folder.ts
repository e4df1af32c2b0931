import {
  assignParams,
  type JsonObject,
  type JsonValue,
  paramsToArrays,
  serializeConfig,
  serializeVocab,
} from '@unroll/checkpoint';
import { readModelFolder, writeModelFolder } from '@unroll/checkpoint/node';
import { createModel, type LanguageModel, type ModelConfig, modelNames } from '@unroll/rnnlm';
import type { Backend } from '@unroll/tensor';
import { createTokenizer, type Tokenizer, type TokenizerKind, Vocabulary } from '@unroll/text';
import { DataError } from './exit-code.ts';

export interface LoadedModel {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

export async function loadModel(folder: string, backend: Backend): Promise<LoadedModel> {
  const { config, vocab, tokenizer: json, tensors } = await readModelFolder(folder);
  const { tokenizer: kind, ...modelConfig } = parseSizes(`${folder}/config.json`, config);
  if (vocab.length !== modelConfig.vocabSize) {
    throw new DataError(
      `${folder}: config.json expects a vocabulary of ${modelConfig.vocabSize}, vocab.json has ${vocab.length} tokens; they belong to different models`,
    );
  }
  // Sizes are held against the weights before a model of these sizes is made.
  const embedding = tensors.get('embed.W')?.shape ?? [];
  if (embedding[0] !== modelConfig.vocabSize || embedding[1] !== modelConfig.wordvecSize) {
    throw new DataError(
      `${folder}: config.json expects embed.W (${modelConfig.vocabSize}, ${modelConfig.wordvecSize}), model.safetensors has (${embedding.join(', ')}); they belong to different models`,
    );
  }
  const affine = tensors.get('affine.W')?.shape ?? [];
  if (affine[0] !== modelConfig.hiddenSize) {
    throw new DataError(
      `${folder}: config.json expects affine.W (${modelConfig.hiddenSize}, ${modelConfig.vocabSize}), model.safetensors has (${affine.join(', ')}); they belong to different models`,
    );
  }
  for (const [name, { shape }] of tensors) {
    const expected = name.endsWith('.Wh')
      ? modelConfig.hiddenSize
      : name.endsWith('.Wx')
        ? modelConfig.wordvecSize
        : undefined;
    if (expected !== undefined && (shape[0] !== expected || shape[1] % modelConfig.hiddenSize !== 0)) {
      throw new DataError(
        `${folder}: config.json expects ${name} (${expected}, …), model.safetensors has (${shape.join(', ')}); they belong to different models`,
      );
    }
  }
  const tokenizer = await tokenizerOf(folder, kind, vocab, json);
  const model = createModel(modelConfig, { backend });
  assignParams(model.params, tensors, `${folder}/model.safetensors`);
  return { model, tokenizer };
}

export const tokenizerKinds: readonly TokenizerKind[] = ['word', 'char', 'bpe', 'huggingface'];

/** What the configuration of a model folder says, checked. */
interface Sizes extends ModelConfig {
  readonly tokenizer: TokenizerKind;
}

function parseSizes(path: string, config: JsonObject): Sizes {
  return {
    model: oneOf(path, config, 'model', modelNames),
    vocabSize: size(path, config, 'vocabSize'),
    wordvecSize: size(path, config, 'wordvecSize'),
    hiddenSize: size(path, config, 'hiddenSize'),
    tokenizer: oneOf<TokenizerKind>(path, config, 'tokenizer', tokenizerKinds),
  };
}

/** What a model folder says of itself. */
export async function sizesOf(folder: string): Promise<Sizes> {
  const { config } = await readModelFolder(folder);
  return parseSizes(`${folder}/config.json`, config);
}

/** The tokenizer of a model folder. */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const { config, vocab, tokenizer } = await readModelFolder(folder);
  return tokenizerOf(folder, parseSizes(`${folder}/config.json`, config).tokenizer, vocab, tokenizer);
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

function size(path: string, config: JsonObject, name: string): number {
  const value = config[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new DataError(`${path}: expected ${name} to be a whole number from 1, got ${show(value)}`);
  }
  return value;
}

function oneOf<Name extends string>(
  path: string,
  config: JsonObject,
  name: string,
  known: readonly Name[],
): Name {
  const found = known.find((candidate) => candidate === config[name]);
  if (found === undefined) {
    throw new DataError(
      `${path}: expected ${name} to be one of ${known.join(', ')}, got ${show(config[name])}`,
    );
  }
  return found;
}

/** A value from a file, in a few words. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
