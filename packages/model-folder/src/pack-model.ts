import { serializeConfig, serializeSafetensors, serializeVocab } from '@unroll/checkpoint';
import type { LanguageModel } from '@unroll/rnnlm';
import type { Tokenizer } from '@unroll/text';
import { valuesOf } from './model-values.ts';

/** A model folder as bytes, by the names of its files: to be sent, kept in a browser, or written by whatever writes files. */
export async function packModel(
  model: LanguageModel,
  tokenizer: Tokenizer,
): Promise<Map<string, Uint8Array>> {
  const { config, vocab, tokenizer: json, tensors } = await valuesOf(model, tokenizer);
  const files = new Map([
    ['config.json', serializeConfig(config)],
    ['vocab.json', serializeVocab(vocab)],
  ]);
  if (json !== undefined) files.set('tokenizer.json', new TextEncoder().encode(JSON.stringify(json)));
  return files.set('model.safetensors', serializeSafetensors(tensors));
}
