import { CharTokenizer } from './char-tokenizer.ts';
import { TextError } from './text-error.ts';
import type { Tokenizer, TokenizerKind } from './tokenizer.ts';
import type { Vocabulary } from './vocabulary.ts';
import { WordTokenizer } from './word-tokenizer.ts';

/**
 * The tokenizer of that kind over this vocabulary, as needed to restore a saved model.
 *
 * @throws {TextError} if the kind is unknown or the vocabulary does not suit it
 */
export function createTokenizer(kind: TokenizerKind, vocabulary: Vocabulary): Tokenizer {
  switch (kind) {
    case 'word':
      return new WordTokenizer(vocabulary);
    case 'char':
      return new CharTokenizer(vocabulary);
    default:
      throw new TextError(`createTokenizer: expected the kind 'word' or 'char', got ${JSON.stringify(kind)}`);
  }
}
