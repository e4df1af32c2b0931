import { promises, type Stats } from 'node:fs';
import { MAX_CONFIG_BYTES, MAX_TOKENIZER_BYTES, MAX_VOCAB_BYTES } from '../check-size.ts';
import { CheckpointError } from '../checkpoint-error.ts';
import type { JsonValue, ModelFiles } from '../model-files.ts';
import { parseConfig } from '../parse-config.ts';
import { parseJson } from '../parse-json.ts';
import { parseVocab } from '../parse-vocab.ts';
import { modelPaths } from './model-paths.ts';
import { readFileChecked } from './read-file-checked.ts';
import { readWeights } from './read-weights.ts';

const INCOMPLETE =
  'A model folder holds config.json, vocab.json and model.safetensors: check the path, or write the model again if ' +
  'writing it was cut short.';

/**
 * Reads what `writeModelFolder` wrote; other files in the folder do not matter.
 *
 * @throws CheckpointError that names the file, for a missing folder or file, a damaged one, and one that is too large
 */
export async function readModelFolder(folder: string): Promise<ModelFiles> {
  const description = await readModelDescription(folder);
  const { tensors } = await readWeights(modelPaths(folder).weights, INCOMPLETE);
  return { ...description, tensors };
}

/**
 * The same without the weights, which are neither read nor need be there.
 *
 * @throws CheckpointError as `readModelFolder` does
 */
export async function readModelDescription(folder: string): Promise<Omit<ModelFiles, 'tensors'>> {
  await checkFolder(folder);
  const paths = modelPaths(folder);
  const config = parseConfig(await readFileChecked(paths.config, MAX_CONFIG_BYTES, INCOMPLETE), paths.config);
  const vocab = parseVocab(await readFileChecked(paths.vocab, MAX_VOCAB_BYTES, INCOMPLETE), paths.vocab);
  return { config, vocab, tokenizer: await readTokenizer(paths.tokenizer) };
}

/** Undefined if there is none: most models need none. */
async function readTokenizer(path: string): Promise<JsonValue | undefined> {
  const exists = await promises.stat(path).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT',
  );
  return exists ? parseJson(await readFileChecked(path, MAX_TOKENIZER_BYTES, INCOMPLETE), path) : undefined;
}

async function checkFolder(folder: string): Promise<void> {
  let stats: Stats;
  try {
    stats = await promises.stat(folder);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(`${folder}: there is no such model folder (${detail}). Check the path.`, {
      cause,
    });
  }
  if (!stats.isDirectory()) {
    throw new CheckpointError(
      `${folder}: expected a model folder, got a file. Give the folder that holds config.json, vocab.json and ` +
        'model.safetensors.',
    );
  }
}
