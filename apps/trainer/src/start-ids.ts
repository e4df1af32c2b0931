import type { Tokenizer } from '@unroll/text';

/** What to write from when nobody gives a prompt: the end of a line, if the vocabulary has one. */
export function startIds(tokenizer: Tokenizer): number[] {
  return [tokenizer.vocabulary.id(tokenizer.kind === 'word' ? '<eos>' : '\n') ?? 0];
}
