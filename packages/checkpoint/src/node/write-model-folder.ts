import { promises } from 'node:fs';
import { DiskError } from '../checkpoint-error.ts';
import type { ModelFiles } from '../model-files.ts';
import { serializeConfig } from '../serialize-config.ts';
import { serializeSafetensors } from '../serialize-safetensors.ts';
import { serializeVocab } from '../serialize-vocab.ts';
import { modelPaths } from './model-paths.ts';
import { type StagedFile, stageFile } from './stage-file.ts';
import { syncFolder } from './sync-folder.ts';
import { writeFileWhole } from './write-file-whole.ts';

/**
 * Writes a model as `config.json`, `vocab.json`, perhaps `tokenizer.json`, and `model.safetensors` into `folder`, which is made if it is missing and
 * may hold other files. Weights never lie beside the config or the vocabulary of another model, whenever the process dies.
 * One writer at a time.
 *
 * @throws DiskError where the folder cannot be written, CheckpointError where the values do not fit their formats
 */
export async function writeModelFolder(
  folder: string,
  { config, vocab, tokenizer, tensors }: ModelFiles,
): Promise<void> {
  const paths = modelPaths(folder);
  const configBytes = serializeConfig(config);
  const vocabBytes = serializeVocab(vocab);
  const tokenizerBytes =
    tokenizer === undefined ? undefined : new TextEncoder().encode(JSON.stringify(tokenizer));
  const weightsBytes = serializeSafetensors(tensors);
  await makeFolder(folder);

  // The usual case, the next checkpoint of one run: only the weights change, and they change in one step.
  // Dying at any point leaves the old model or the new one.
  const isSame = await Promise.all([
    holds(paths.config, configBytes),
    holds(paths.vocab, vocabBytes),
    holds(paths.tokenizer, tokenizerBytes),
  ]);
  if (isSame.every(Boolean)) {
    await writeFileWhole(paths.weights, weightsBytes);
    return;
  }

  // Another model, or none. Dying (or a full disk) while they are staged leaves what was there. From the removal of the
  // old weights on, dying leaves a folder without weights, which readModelFolder refuses, until the new weights come as
  // the last step. Each step reaches the disk before the next begins.
  const staged: StagedFile[] = [];
  try {
    staged.push(await stageFile(paths.config, configBytes));
    staged.push(await stageFile(paths.vocab, vocabBytes));
    if (tokenizerBytes) staged.push(await stageFile(paths.tokenizer, tokenizerBytes));
    staged.push(await stageFile(paths.weights, weightsBytes));
    await removeOld(paths.weights);
    if (!tokenizerBytes) await removeOld(paths.tokenizer);
    await syncFolder(folder);
    for (const file of staged) await file.commit();
  } catch (error) {
    await Promise.all(staged.map((file) => file.discard()));
    throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await promises.mkdir(folder, { recursive: true });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DiskError(
      `${folder}: the model folder could not be made (${detail}). Choose another path, or remove the file in its way.`,
      { cause },
    );
  }
}

/** True where the file at `path` is exactly `bytes`, or is not there if these are undefined; one that cannot be read is neither. */
async function holds(path: string, bytes: Uint8Array | undefined): Promise<boolean> {
  try {
    const stats = await promises.stat(path);
    return (
      bytes !== undefined &&
      stats.isFile() &&
      stats.size === bytes.length &&
      (await promises.readFile(path)).equals(bytes)
    );
  } catch (error) {
    return bytes === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

async function removeOld(path: string): Promise<void> {
  try {
    await promises.rm(path, { force: true });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DiskError(
      `${path}: the old file could not be removed (${detail}). Remove it, or choose another folder.`,
      { cause },
    );
  }
}
