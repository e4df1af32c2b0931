import type { SplitFractions, TokenIds, Tokenizer } from '@unroll/text';
import { loadCorpus } from '@unroll/text/node';
import { DataError } from './exit-code.ts';

export type SplitName = 'train' | 'valid' | 'test' | 'all';

/**
 * The part of the data to evaluate on, as ids. Without a name it is the test text where data come apart, and a single text
 * as a whole.
 * @param fractions how a single text is divided: as it was when the model was trained
 */
export async function chooseSplit(
  paths: string | readonly string[],
  tokenizer: Tokenizer,
  name: SplitName | undefined,
  fractions: SplitFractions = {},
): Promise<{ ids: TokenIds; split: SplitName }> {
  const corpus = await loadCorpus({ train: paths }, { tokenizer, split: fractions });
  const { train, valid, test, isOneText } = corpus;
  const split = name ?? (isOneText ? 'all' : test === undefined ? 'valid' : 'test');
  const none = new Int32Array(0);
  const ids = split === 'all' ? joined([train, valid, test ?? none]) : (corpus[split] ?? none);
  const what = [paths].flat().join(', ');
  if (ids.length === 0 && split !== 'all') {
    throw new DataError(`${what}: has no ${split} text; choose another --split`);
  }
  if (ids.length < 2) {
    throw new DataError(
      `${what}: expected a text of two tokens or more, so that there is something to predict, got ${ids.length}; give a longer one`,
    );
  }
  return { ids, split };
}

function joined(parts: readonly TokenIds[]): Int32Array {
  const ids = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    ids.set(part, at);
    at += part.length;
  }
  return ids;
}
