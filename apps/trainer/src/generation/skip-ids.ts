import type { Tokenizer } from '@unroll/text';
import { DataError } from '../exit-code.ts';

/**
 * The ids of tokens never to write; if none are named, of the one that stands for what is unknown, as far as there are others.
 * @throws DataError if the vocabulary has no such token
 */
export function skipIds({ vocabulary, unknownId }: Tokenizer, names?: readonly string[]): number[] {
  if (names === undefined) {
    return unknownId === undefined || vocabulary.size === 1 ? [] : [unknownId];
  }
  return names.map((name) => {
    const id = vocabulary.id(name);
    if (id !== undefined) return id;
    throw new DataError(
      `--skip ${name}: expected a token of the vocabulary; the model folder's vocab.json lists them`,
    );
  });
}
