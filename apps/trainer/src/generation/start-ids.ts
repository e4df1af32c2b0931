import type { Tokenizer } from '@unroll/text';

/** What to write from when nobody gives a prompt: the end of a line, where the tokenizer knows one. */
export function startIds(tokenizer: Tokenizer): number[] {
  const { kind, vocabulary } = tokenizer;
  if (kind === 'word' || kind === 'char') return [vocabulary.id(kind === 'word' ? '<eos>' : '\n') ?? 0];
  const newline = Array.from(tokenizer.encode('\n'));
  return newline.length > 0 ? newline : [0];
}
