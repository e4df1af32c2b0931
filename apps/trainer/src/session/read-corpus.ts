import type { Tokenizer } from '@unroll/text';
import { type Corpus, loadCorpus } from '@unroll/text/node';
import { UsageError } from '../exit-code.ts';
import type { Settings } from '../settings/settings.ts';

/** The text of a run as ids, cut up by a tokenizer that is known already, or made from it. */
export async function readCorpus({ data, tokenizer }: Settings, known?: Tokenizer): Promise<Corpus> {
  if (typeof data.train !== 'string') throw new UsageError('one path, for now');
  return loadCorpus(data.train, { tokenizer: tokenizer.kind as 'word', vocabulary: known?.vocabulary });
}
