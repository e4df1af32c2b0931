import { serializeConfig, serializeSafetensors, serializeVocab } from '@unroll/checkpoint';
import type { LanguageModel } from '@unroll/rnnlm';
import type { Tokenizer } from '@unroll/text';
import { describeModel, type ModelDescription, valuesOf } from './model-values.ts';

/**
 * A model folder as bytes, by the names of its files: to be sent, kept in a browser, or written by whatever writes files.
 * @throws CheckpointError if it could not be loaded again
 */
export async function packModel(
  model: LanguageModel,
  tokenizer: Tokenizer,
): Promise<Map<string, Uint8Array>> {
  const { tensors, ...description } = await valuesOf(model, tokenizer);
  return pack(description).set('model.safetensors', serializeSafetensors(tensors));
}

/** The same without the weights: what stands beside them also where they have another form. */
export function packDescription(model: LanguageModel, tokenizer: Tokenizer): Map<string, Uint8Array> {
  return pack(describeModel(model, tokenizer));
}

function pack({ config, vocab, tokenizer }: ModelDescription): Map<string, Uint8Array> {
  const files = new Map([
    ['config.json', serializeConfig(config)],
    ['vocab.json', serializeVocab(vocab)],
  ]);
  if (tokenizer !== undefined)
    files.set('tokenizer.json', new TextEncoder().encode(JSON.stringify(tokenizer)));
  return files;
}
