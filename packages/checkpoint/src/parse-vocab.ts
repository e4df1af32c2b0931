import { checkSize, MAX_VOCAB_BYTES } from './check-size.ts';
import { checkVocab, MAX_TOKENS } from './check-vocab.ts';
import { decodeJson } from './decode-json.ts';
import { expectStrings } from './expect-strings.ts';

/**
 * Reads a `vocab.json` of at most 256 MB: an array of distinct tokens, where the index is the id.
 *
 * @throws CheckpointError for anything else
 */
export function parseVocab(bytes: Uint8Array, source = 'vocab.json'): string[] {
  checkSize(bytes.length, MAX_VOCAB_BYTES, source);
  expectStrings(bytes, MAX_TOKENS, source);
  const vocab = decodeJson(bytes, source);
  checkVocab(vocab, source);
  return vocab;
}
