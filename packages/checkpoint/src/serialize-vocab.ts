import { checkSize, MAX_VOCAB_BYTES } from './check-size.ts';
import { checkVocab } from './check-vocab.ts';

/**
 * `vocab` as the bytes of a `vocab.json`, one token a line.
 *
 * @throws CheckpointError for a token that comes twice, and above 256 MB
 */
export function serializeVocab(vocab: readonly string[]): Uint8Array {
  checkVocab(vocab, 'vocab.json');
  const bytes = new TextEncoder().encode(`${JSON.stringify(vocab, null, 1)}\n`);
  checkSize(bytes.length, MAX_VOCAB_BYTES, 'vocab.json');
  return bytes;
}
