import { parseJson } from '@unroll/checkpoint';
import { readFileChecked } from '@unroll/checkpoint/node';
import { TextError, type Tokenizer, type TokenizerSpec } from '@unroll/text';
import { type Corpus, loadCorpus } from '@unroll/text/node';
import { DataError, UsageError } from '../exit-code.ts';
import type { Settings } from '../settings/settings.ts';

/** The text of a run as ids, cut up by a tokenizer that is known already, or one made from it. */
export async function readCorpus({ data, tokenizer }: Settings, known?: Tokenizer): Promise<Corpus> {
  const { train, valid, test, validFraction, testFraction } = data;
  if (validFraction + testFraction >= 1) {
    throw new UsageError(
      `--valid-fraction ${validFraction} and --test-fraction ${testFraction} leave nothing to train on; make them smaller`,
    );
  }
  return loadCorpus(
    { train, valid, test },
    {
      tokenizer: known ?? (await wanted(tokenizer)),
      split: { valid: validFraction, test: testFraction },
    },
  );
}

const BYTES = 256;

async function wanted({
  kind,
  minCount,
  vocabSize,
  file,
}: Settings['tokenizer']): Promise<TokenizerSpec | Tokenizer> {
  if (kind !== 'file' && file !== undefined) {
    throw new UsageError(`--tokenizer-file goes with --tokenizer file, not with ${kind}`);
  }
  if (kind === 'word' || kind === 'char') return { kind, minCount, vocabSize };
  if (minCount !== undefined) {
    throw new UsageError(`--min-count goes with --tokenizer word or char, not with ${kind}`);
  }
  if (kind === 'bpe') {
    if (vocabSize !== undefined && vocabSize < BYTES) {
      throw new UsageError(
        `--vocab-size ${vocabSize}: expected ${BYTES} or more with --tokenizer bpe, which has a token for each byte`,
      );
    }
    return { kind, vocabSize };
  }
  if (vocabSize !== undefined) {
    throw new UsageError('--vocab-size does not go with --tokenizer file, which has a vocabulary already');
  }
  if (file === undefined) throw new UsageError('--tokenizer file needs --tokenizer-file <tokenizer.json>');
  return readTokenizerFile(file);
}

/** Such files are at most a few megabytes. */
const MOST_BYTES = 67_108_864;

async function readTokenizerFile(path: string): Promise<Tokenizer> {
  const json = parseJson(await readFileChecked(path, MOST_BYTES, 'Check the path.'), path);
  const { tokenizerFromJSON } = await import('@unroll/text/huggingface');
  try {
    return tokenizerFromJSON(json);
  } catch (error) {
    if (!TextError.isInstance(error)) throw error;
    throw new DataError(`${path}: expected a tokenizer.json in Hugging Face's format (${error.message})`);
  }
}
