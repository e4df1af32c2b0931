import { type LoadedModel, unpackModel } from '@unroll/model-folder';
import type { Backend } from '@unroll/tensor';

/** A model folder, as the command `unroll` reads and writes it: files by name. */
export type ModelFolder = ReadonlyMap<string, Uint8Array>;

/**
 * Its model, whatever tokenizer it has: what reads those of other tools is loaded when there is one.
 * @throws CheckpointError naming the file that is missing, or not what it should be
 */
export const unpackFolder = (folder: ModelFolder, backend: Backend): Promise<LoadedModel> =>
  unpackModel(folder, {
    backend,
    huggingFace: async (json) =>
      (await import('@unroll/text/huggingface')).HuggingFaceTokenizer.fromJSON(json),
  });
