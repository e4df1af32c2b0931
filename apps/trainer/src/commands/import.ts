import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type JsonValue, parseConfig, parseJson, parseVocab } from '@unroll/checkpoint';
import { readFileChecked, readSafetensorsFile, writeModelFolder } from '@unroll/checkpoint/node';
import { fromPyTorch } from '@unroll/interchange';
import { tokenizerFrom, tokenizerKinds } from '@unroll/model-folder';
import type { TokenizerKind } from '@unroll/text';
import { DataError, UsageError } from '../exit-code.ts';
import { quoted } from '../format.ts';
import { huggingFace } from '../hugging-face.ts';
import { checkOutFolder } from './out-folder.ts';

export interface ImportOptions {
  /** A JSON array of tokens; without it, `vocab.json` beside the weights. */
  readonly vocab?: string;
  /** What a token is; without it, what `config.json` beside the weights says. */
  readonly tokenizer?: TokenizerKind;
  /** The model folder to be written. */
  readonly out: string;
  readonly force?: boolean;
  /** How the program is called, for what it tells people to type. */
  readonly command: string;
}

const MODEL_FILES = ['config.json', 'vocab.json', 'tokenizer.json', 'model.safetensors'];
/** More than any vocabulary or configuration takes. */
const MOST_BYTES = 2 ** 28;

/** Makes a model folder of the weights of a PyTorch module: of a safetensors file, or of a folder with `model.safetensors`. */
export async function importModel(
  path: string,
  { vocab, tokenizer, out, force = false, command }: ImportOptions,
): Promise<void> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (/\.(pt|pth|bin|ckpt|pkl)$/i.test(path) && !isFolder) {
    throw new DataError(
      `${path}: expected a safetensors file. In Python: from safetensors.torch import save_file; save_file(model.state_dict(), "model.safetensors")`,
    );
  }
  const folder = isFolder ? path : dirname(path);
  await checkOutFolder(out, MODEL_FILES, folder, force);

  const weightsPath = isFolder ? join(path, 'model.safetensors') : path;
  const { config, tensors } = fromPyTorch((await readSafetensorsFile(weightsPath)).tensors, weightsPath);
  const vocabPath = vocab ?? join(folder, 'vocab.json');
  const tokens = parseVocab(
    await readFileChecked(vocabPath, MOST_BYTES, 'Name the vocabulary with --vocab.'),
    vocabPath,
  );
  if (tokens.length !== config.vocabSize) {
    throw new DataError(
      `${vocabPath}: expected the ${config.vocabSize} tokens that the embedding in ${weightsPath} is for, got ${tokens.length}`,
    );
  }
  const kind = tokenizer ?? (await kindIn(join(folder, 'config.json')));
  const json = kind === 'word' || kind === 'char' ? undefined : await readTokenizer(folder);
  // Refused now rather than by whoever reads what is written.
  await tokenizerFrom({ kind, vocab: tokens, json }, { huggingFace }, `${folder}/`);

  await writeModelFolder(out, {
    config: { ...config, tokenizer: kind },
    vocab: tokens,
    tokenizer: json,
    tensors,
  });
  const written = MODEL_FILES.filter((name) => name !== 'tokenizer.json' || json !== undefined);
  console.error(`wrote ${out}: ${written.join(', ')}`);
  console.error(`then: ${command} generate ${quoted(out)}`);
}

/** What a configuration, if there is one, says of the tokenizer. */
async function kindIn(path: string): Promise<TokenizerKind> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  const kind =
    exists &&
    parseConfig(await readFileChecked(path, MOST_BYTES, 'Name the tokenizer with --tokenizer.'), path)
      .tokenizer;
  const known = tokenizerKinds.find((each) => each === kind);
  if (known !== undefined) return known;
  throw new UsageError(`${path}: says no tokenizer, word or char; name it with --tokenizer`);
}

/** Of byte pairs, or of another tool. */
async function readTokenizer(folder: string): Promise<JsonValue> {
  const path = join(folder, 'tokenizer.json');
  return parseJson(await readFileChecked(path, MOST_BYTES, 'It has to lie beside the weights.'), path);
}
