import {
  assignParams,
  CheckpointError,
  type JsonValue,
  paramsToArrays,
  parseConfig,
  parseJson,
  parseSafetensors,
  parseVocab,
  serializeConfig,
  serializeSafetensors,
  serializeVocab,
} from '@unroll/checkpoint';
import { createModel, type LanguageModel, type ModelConfig } from '@unroll/rnnlm';
import type { Backend } from '@unroll/tensor';
import { createTokenizer, type Tokenizer, type TokenizerKind, Vocabulary } from '@unroll/text';

/** A model folder, as the command `unroll` reads and writes it: files by name. */
export type ModelFolder = ReadonlyMap<string, Uint8Array>;

export async function packModel(model: LanguageModel, tokenizer: Tokenizer): Promise<ModelFolder> {
  const json = tokenizer.toJSON?.() as JsonValue | undefined;
  return new Map([
    ['config.json', serializeConfig({ ...model.config, tokenizer: tokenizer.kind })],
    ['vocab.json', serializeVocab(tokenizer.vocabulary.tokens)],
    ...(json === undefined
      ? []
      : ([['tokenizer.json', new TextEncoder().encode(JSON.stringify(json))]] as const)),
    ['model.safetensors', serializeSafetensors(await paramsToArrays(model.params))],
  ]);
}

export interface UnpackedModel {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

/**
 * A model from the files of a folder, which may come from anywhere.
 * @throws CheckpointError naming the file that is missing, or not what it should be
 */
export function unpackModel(files: ModelFolder, backend: Backend): UnpackedModel {
  const read = (name: string): Uint8Array => {
    const bytes = files.get(name);
    if (bytes) return bytes;
    const got = files.size > 0 ? [...files.keys()].slice(0, 5).join(', ') : 'none';
    throw new CheckpointError(`expected a file ${name} of a model folder, got ${got}`);
  };
  const { tokenizer: kind, ...config } = parseConfig(read('config.json'));
  const vocab = parseVocab(read('vocab.json'));
  const { tensors } = parseSafetensors(read('model.safetensors'), 'model.safetensors');
  const tokenizer = inFile('config.json', () => {
    const json = kind === 'bpe' ? parseJson(read('tokenizer.json'), 'tokenizer.json') : undefined;
    return createTokenizer(kind as TokenizerKind, Vocabulary.fromTokens(vocab), json);
  });
  if (config.vocabSize !== vocab.length) {
    throw new CheckpointError(
      `config.json expects a vocabulary of ${config.vocabSize}, vocab.json has ${vocab.length} tokens; they belong to different models`,
    );
  }
  // The weights are there first, so that no size is believed that they do not have.
  const model = inFile('config.json', () =>
    createModel(config as unknown as ModelConfig, { backend, weights: tensors }),
  );
  try {
    assignParams(model.params, tensors, 'model.safetensors');
  } catch (error) {
    model.dispose();
    throw error;
  }
  model.training = false;
  return { model, tokenizer };
}

/** What is wrong with a value is wrong in the file that it comes from. */
function inFile<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new CheckpointError(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
