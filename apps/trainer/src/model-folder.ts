import { assignParams, type JsonObject, paramsToArrays } from '@unroll/checkpoint';
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
  const { config, vocab, tensors } = await readModelFolder(folder);
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
  const tokenizer = tokenizerOf(folder, kind, vocab);
  const model = createModel(modelConfig, { backend });
  assignParams(model.params, tensors, `${folder}/model.safetensors`);
  return { model, tokenizer };
}

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
    tokenizer: oneOf<TokenizerKind>(path, config, 'tokenizer', ['word', 'char']),
  };
}

/** What a model folder says of itself. */
export async function sizesOf(folder: string): Promise<Sizes> {
  const { config } = await readModelFolder(folder);
  return parseSizes(`${folder}/config.json`, config);
}

/** The tokenizer of a model folder. */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const { config, vocab } = await readModelFolder(folder);
  return tokenizerOf(folder, parseSizes(`${folder}/config.json`, config).tokenizer, vocab);
}

function tokenizerOf(folder: string, kind: TokenizerKind, vocab: readonly string[]): Tokenizer {
  try {
    return createTokenizer(kind, Vocabulary.fromTokens(vocab));
  } catch (error) {
    if (error instanceof Error) throw new DataError(`${folder}/vocab.json: ${error.message}`);
    throw error;
  }
}

export async function saveModel(folder: string, model: LanguageModel, tokenizer: Tokenizer): Promise<void> {
  await writeModelFolder(folder, {
    config: { ...model.config, tokenizer: tokenizer.kind },
    vocab: tokenizer.vocabulary.tokens,
    tensors: await paramsToArrays(model.params),
  });
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
