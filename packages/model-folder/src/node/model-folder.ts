import { readModelDescription, readModelFolder, writeModelFolder } from '@unroll/checkpoint/node';
import type { LanguageModel } from '@unroll/rnnlm';
import type { Tokenizer } from '@unroll/text';
import { type LoadedModel, type LoadOptions, modelFrom, valuesOf } from '../model-values.ts';
import { type FolderConfig, parseModelConfig } from '../parse-model-config.ts';
import { type TokenizerOptions, tokenizerFrom } from '../tokenizer-from.ts';

/**
 * Writes a model into a folder, whole or not at all, as `writeModelFolder` of `@unroll/checkpoint/node` does. The folder is made if it is missing; a model that
 * it holds is replaced.
 * @throws DiskError where it cannot be written, CheckpointError before anything is written if it could not be loaded again
 */
export async function saveModel(folder: string, model: LanguageModel, tokenizer: Tokenizer): Promise<void> {
  await writeModelFolder(folder, await valuesOf(model, tokenizer));
}

/**
 * Reads a model that `saveModel` or the command `unroll` wrote.
 * @throws CheckpointError naming the file that is missing, or not what it should be
 */
export async function loadModel(folder: string, options: LoadOptions): Promise<LoadedModel> {
  return modelFrom(await readModelFolder(folder), options, `${folder}/`);
}

/**
 * What a model folder says of its model: kind, sizes, tokenizer. The weights are not read.
 * @throws CheckpointError naming the file that is missing, or not what it should be
 */
export async function loadConfig(folder: string): Promise<FolderConfig> {
  return parseModelConfig((await readModelDescription(folder)).config, `${folder}/config.json`);
}

/**
 * The tokenizer of a model folder, without the model. The weights are not read.
 * @throws CheckpointError naming the file that is missing, or not what it should be
 */
export async function loadTokenizer(folder: string, options: TokenizerOptions = {}): Promise<Tokenizer> {
  const { config, vocab, tokenizer: json } = await readModelDescription(folder);
  const { tokenizer: kind } = parseModelConfig(config, `${folder}/config.json`);
  return tokenizerFrom({ kind, vocab, json }, options, `${folder}/`);
}
