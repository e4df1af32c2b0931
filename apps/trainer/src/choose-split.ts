import { TextError, type Tokenizer } from '@unroll/text';
import { loadCorpus, loadTexts } from '@unroll/text/node';
import { DataError } from './exit-code.ts';

export type SplitName = 'train' | 'valid' | 'test' | 'all';

/**
 * The part of the data to evaluate on, as ids. Without a name it is the test text where data come apart, and a single text
 * as a whole.
 */
export async function chooseSplit(
  path: string,
  tokenizer: Tokenizer,
  name: SplitName | undefined,
): Promise<{ ids: Int32Array; split: SplitName }> {
  const texts = await loadTexts(path);
  const split = name ?? (texts.kind === 'single' ? 'all' : texts.test === undefined ? 'valid' : 'test');
  if (split === 'all') {
    const parts = texts.kind === 'single' ? [texts.text] : [texts.train, texts.valid, texts.test ?? ''];
    try {
      return { ids: joined(parts.map((text) => tokenizer.encode(text))), split };
    } catch (error) {
      if (TextError.isInstance(error)) throw new TextError(`${path}: ${error.message}`);
      throw error;
    }
  }
  const { [split]: ids } = await loadCorpus(path, {
    tokenizer: tokenizer.kind,
    vocabulary: tokenizer.vocabulary,
  });
  if (ids === undefined) throw new DataError(`${path}: has no ${split} text; choose another --split`);
  return { ids, split };
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const ids = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    ids.set(part, at);
    at += part.length;
  }
  return ids;
}
