import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { assignParams } from '@unroll/checkpoint';
import { readModelFolder, readSafetensorsFile } from '@unroll/checkpoint/node';
import type { TrainingSession } from './session.ts';

/** Sets the model to given weights: those of a model folder, or of a safetensors file, which are taken as they are. */
export async function startFrom(path: string, { model }: TrainingSession): Promise<void> {
  if (await isFolder(path)) {
    assignParams(model.params, (await readModelFolder(path)).tensors, join(path, 'model.safetensors'));
  } else assignParams(model.params, (await readSafetensorsFile(path)).tensors, path);
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
