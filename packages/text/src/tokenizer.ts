import type { Vocabulary } from './vocabulary.ts';

export type TokenizerKind = 'word' | 'char';

/** Cuts text into tokens and names each by its id in the vocabulary. */
export interface Tokenizer {
  readonly kind: TokenizerKind;
  readonly vocabulary: Vocabulary;

  /**
   * The ids of the text's tokens, in order.
   *
   * @throws {TextError} if the text has tokens that the vocabulary lacks and cannot stand in for
   */
  encode(text: string): Int32Array;

  /**
   * The text that these ids stand for.
   *
   * @throws {TextError} if an id is not in the vocabulary
   */
  decode(ids: ArrayLike<number>): string;
}
