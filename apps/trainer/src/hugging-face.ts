import type { Tokenizer } from '@unroll/text';

/** Reads a tokenizer of another tool. The library that it stands on is loaded when there is one. */
export async function huggingFace(json: unknown): Promise<Tokenizer> {
  const { HuggingFaceTokenizer } = await import('@unroll/text/huggingface');
  return HuggingFaceTokenizer.fromJSON(json);
}
