import { CharTokenizer } from '../char-tokenizer.ts';
import { createTokenizer } from '../create-tokenizer.ts';
import { showCount } from '../show.ts';
import { splitIds } from '../split-ids.ts';
import { TextError } from '../text-error.ts';
import type { Tokenizer, TokenizerKind } from '../tokenizer.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { WordTokenizer } from '../word-tokenizer.ts';
import { type LoadedTexts, loadTexts } from './load-texts.ts';

export interface LoadCorpusOptions {
  readonly tokenizer: TokenizerKind;
  /** The vocabulary of a trained model; without it, one is built from the text. */
  readonly vocabulary?: Vocabulary;
}

export interface Corpus {
  readonly tokenizer: Tokenizer;
  readonly train: Int32Array;
  readonly valid: Int32Array;
  readonly test: Int32Array | undefined;
  /** How the text was divided, in words for a reader. */
  readonly description: string;
}

/**
 * Reads the text at a path, as {@link loadTexts} does, and turns it into ids.
 *
 * The vocabulary comes from the training text where there are several texts, else from the whole text.
 *
 * @throws {TextError} if the text cannot be read, or has tokens that the vocabulary lacks
 */
export async function loadCorpus(
  path: string,
  { tokenizer: kind, vocabulary }: LoadCorpusOptions,
): Promise<Corpus> {
  const texts = await loadTexts(path);
  const source = texts.kind === 'single' ? texts.text : texts.train;
  const tokenizer = naming(path, () =>
    vocabulary === undefined ? tokenizerFor(kind, source) : createTokenizer(kind, vocabulary),
  );
  return texts.kind === 'single' ? divide(texts, path, tokenizer) : encodeSplits(texts, tokenizer);
}

function tokenizerFor(kind: TokenizerKind, text: string): Tokenizer {
  return kind === 'char' ? CharTokenizer.fromText(text) : WordTokenizer.fromText(text);
}

function divide(
  { text, files }: LoadedTexts & { kind: 'single' },
  path: string,
  tokenizer: Tokenizer,
): Corpus {
  const ids = naming(path, () => tokenizer.encode(text));
  const fractions = { valid: 0.05, test: 0.05 };
  const from = files.length > 1 ? `${showCount(files.length)} files joined to one text` : 'one text';
  return {
    tokenizer,
    ...splitIds(ids, fractions),
    description:
      `${from} of ${showCount(ids.length)} ${unitOf(tokenizer)}: ` +
      `first ${percent(1 - fractions.valid - fractions.test)} to train, ` +
      `next ${percent(fractions.valid)} to validate, last ${percent(fractions.test)} to test`,
  };
}

function encodeSplits(texts: LoadedTexts & { kind: 'splits' }, tokenizer: Tokenizer): Corpus {
  const [trainFile, validFile, testFile] = texts.files;
  const train = naming(trainFile, () => tokenizer.encode(texts.train));
  const valid = naming(validFile, () => tokenizer.encode(texts.valid));
  const { test: testText } = texts;
  const test = testText === undefined ? undefined : naming(testFile, () => tokenizer.encode(testText));
  const parts = [
    `${showCount(train.length)} ${unitOf(tokenizer)} to train`,
    `${showCount(valid.length)} to validate`,
    ...(test === undefined ? [] : [`${showCount(test.length)} to test`]),
  ];
  return {
    tokenizer,
    train,
    valid,
    test,
    description: `${test === undefined ? 'two' : 'three'} texts: ${parts.join(', ')}`,
  };
}

function unitOf(tokenizer: Tokenizer): string {
  return tokenizer.kind === 'char' ? 'characters' : 'words';
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** Puts the path before the message of an error about its text. */
function naming<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (TextError.isInstance(error)) throw new TextError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
