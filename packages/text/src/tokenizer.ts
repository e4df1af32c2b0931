import type { TextStream } from './text-stream.ts';
import type { Vocabulary } from './vocabulary.ts';

export type TokenizerKind = 'word' | 'char' | 'bpe' | 'huggingface';

/** Cuts text into tokens and names each by its id in the vocabulary. */
export interface Tokenizer {
  readonly kind: TokenizerKind;
  readonly vocabulary: Vocabulary;
  /** The id that stands for whatever the vocabulary lacks, if there is one. */
  readonly unknownId: number | undefined;

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

  /**
   * Turns ids into text one by one, as a model writes them. What comes out, joined, is what {@link decode} gives for all
   * of them.
   *
   * @param before the id that the text goes on from, if any: after a word, a word begins with a space
   */
  stream(before?: number): TextStream;

  /** The value of a `tokenizer.json`, of a kind that its vocabulary alone does not restore. */
  toJSON?(): unknown;
}
