import { BpeTokenizer } from '../bpe-tokenizer.ts';
import { TextError } from '../text-error.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { HuggingFaceTokenizer } from './hugging-face-tokenizer.ts';

/**
 * The tokenizer of any `tokenizer.json`, of unknown origin: a BpeTokenizer where it is nothing but byte pairs, which is
 * faster and reads texts of any length alike, else a HuggingFaceTokenizer.
 *
 * @throws {TextError} if it cannot be used
 */
export function tokenizerFromJSON(json: unknown): Tokenizer {
  try {
    return BpeTokenizer.fromJSON(json);
  } catch (error) {
    if (!TextError.isInstance(error)) throw error;
    return HuggingFaceTokenizer.fromJSON(json);
  }
}
