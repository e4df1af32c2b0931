import { CheckpointError, parseConfig, parseJson, parseSafetensors, parseVocab } from '@unroll/checkpoint';
import { type LoadedModel, type LoadOptions, modelFrom } from './model-values.ts';
import { hasOwnFile } from './tokenizer-from.ts';

/**
 * A model from the files of a model folder as bytes, by name; other files do not matter.
 * @throws CheckpointError naming the file that is missing, or not what it should be
 */
export async function unpackModel(
  files: ReadonlyMap<string, Uint8Array>,
  options: LoadOptions,
): Promise<LoadedModel> {
  const read = (name: string): Uint8Array => {
    const bytes = files.get(name);
    if (bytes) return bytes;
    const got = files.size > 0 ? [...files.keys()].slice(0, 5).join(', ') : 'none';
    throw new CheckpointError(`expected a file ${name} of a model folder, got ${got}`);
  };
  const config = parseConfig(read('config.json'));
  const json = hasOwnFile(config.tokenizer) ? files.get('tokenizer.json') : undefined;
  return modelFrom(
    {
      config,
      vocab: parseVocab(read('vocab.json')),
      tokenizer: json && parseJson(json, 'tokenizer.json'),
      tensors: parseSafetensors(read('model.safetensors'), 'model.safetensors').tensors,
    },
    options,
  );
}
