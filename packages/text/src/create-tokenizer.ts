import { BpeTokenizer } from './bpe-tokenizer.ts';
import { CharTokenizer } from './char-tokenizer.ts';
import { TextError } from './text-error.ts';
import type { Tokenizer, TokenizerKind } from './tokenizer.ts';
import type { Vocabulary } from './vocabulary.ts';
import { WordTokenizer } from './word-tokenizer.ts';

/**
 * The tokenizer of that kind over this vocabulary, as needed to restore a saved model.
 *
 * @param json what was in its `tokenizer.json`, which `bpe` needs besides; it is not trusted
 * @throws {TextError} if the kind is unknown or the vocabulary does not suit it
 */
export function createTokenizer(kind: TokenizerKind, vocabulary: Vocabulary, json?: unknown): Tokenizer {
  switch (kind) {
    case 'word':
      return new WordTokenizer(vocabulary);
    case 'char':
      return new CharTokenizer(vocabulary);
    case 'bpe':
      return createBpe(vocabulary, json);
    case 'huggingface':
      throw new TextError(
        `createTokenizer: expected the kind 'word', 'char' or 'bpe', got 'huggingface'. ` +
          'Use HuggingFaceTokenizer.fromJSON of @unroll/text/huggingface.',
      );
    default:
      throw new TextError(
        `createTokenizer: expected the kind 'word', 'char' or 'bpe', got ${JSON.stringify(kind)}`,
      );
  }
}

function createBpe(vocabulary: Vocabulary, json: unknown): BpeTokenizer {
  if (json === undefined) {
    throw new TextError(
      "createTokenizer: expected what tokenizer.json holds for the kind 'bpe', got nothing. " +
        'Give it, or in the place of kind and vocabulary the tokenizer itself: BpeTokenizer.fromJSON(json).',
    );
  }
  const tokenizer = BpeTokenizer.fromJSON(json);
  const { tokens } = tokenizer.vocabulary;
  if (tokens.length !== vocabulary.size || tokens.some((token, id) => token !== vocabulary.tokens[id])) {
    throw new TextError(
      'createTokenizer: expected the vocabulary and tokenizer.json to have the same tokens; they belong to different models',
    );
  }
  return tokenizer;
}
