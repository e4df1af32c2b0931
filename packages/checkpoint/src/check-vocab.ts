import { CheckpointError } from './checkpoint-error.ts';
import type { JsonValue } from './model-files.ts';
import { quote } from './quote.ts';

/** Fewer than the 2^24 entries that a JavaScript Map can hold, so that every vocabulary can be indexed. */
export const MAX_TOKENS = 16_000_000;

export function checkVocab(vocab: JsonValue, source: string): asserts vocab is string[] {
  if (!Array.isArray(vocab)) {
    throw new CheckpointError(`${source}: expected an array of tokens. Write the model folder again.`);
  }
  if (vocab.length > MAX_TOKENS) {
    throw new CheckpointError(
      `${source}: expected at most ${MAX_TOKENS} tokens, got ${vocab.length}. Use a smaller vocabulary.`,
    );
  }
  const seen = new Set<string>();
  for (const [id, token] of vocab.entries()) {
    if (typeof token !== 'string') {
      throw new CheckpointError(
        `${source}: expected every token to be a string, got ${typeof token} at index ${id}. Write the model folder again.`,
      );
    }
    if (seen.has(token)) {
      throw new CheckpointError(
        `${source}: the token ${quote(token)} has two ids, ${vocab.indexOf(token)} and ${id}. Make the vocabulary again without doubles.`,
      );
    }
    seen.add(token);
  }
}
