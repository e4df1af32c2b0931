import { stat } from 'node:fs/promises';
import { createTokenizer } from '../create-tokenizer.ts';
import { GrowingIds } from '../growing-ids.ts';
import { Pieces } from '../pieces.ts';
import { type SplitFractions, splitIds } from '../split-ids.ts';
import { TextError } from '../text-error.ts';
import { TextLearner, type TokenizerSpec } from '../text-learner.ts';
import type { TokenIds } from '../token-ids.ts';
import type { Tokenizer, TokenizerKind } from '../tokenizer.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { describeCorpus } from './describe-corpus.ts';
import { type CorpusPaths, findCorpus, type PartFiles } from './find-corpus.ts';
import { nameOf, readChunks, STANDARD_INPUT } from './read-chunks.ts';

export interface LoadCorpusOptions {
  /** Which tokenizer to make from the text to train on; or that of a trained model, to be used as it is. */
  readonly tokenizer: TokenizerKind | TokenizerSpec | Tokenizer;
  /** The vocabulary of a trained model, for a tokenizer of words or characters that is named by its kind. */
  readonly vocabulary?: Vocabulary;
  /** How much of the text to train on is held back, where nothing else is given to validate and test on. */
  readonly split?: SplitFractions;
}

/** Texts as ids, all in the narrowest type for the vocabulary. */
export interface Corpus {
  readonly tokenizer: Tokenizer;
  readonly train: TokenIds;
  /** Empty if nothing was to be held back. */
  readonly valid: TokenIds;
  readonly test: TokenIds | undefined;
  /** Were all parts cut from one text, so that they make it up again? */
  readonly isOneText: boolean;
  /** How much text there is and how it was divided, in words for a reader. */
  readonly description: string;
}

/**
 * Reads texts and turns them into ids. They are read in chunks and never kept, so that a text may be longer than a string can
 * be; only its ids take memory.
 *
 * - A file is one text, and `-` is the standard input.
 * - A folder with `ptb.train.txt`, `ptb.valid.txt` and `ptb.test.txt`, or with `train.txt`, `valid.txt` and perhaps
 *   `test.txt`, has a text for each part.
 * - Any other folder is one text: all its UTF-8 files, also those in folders below, sorted by path and joined with a
 *   newline. Names with a leading dot, `node_modules`, folders of models and links are left out, as are files that are not
 *   text.
 * - A pattern is one text: the files that match it, but for empty ones.
 *
 * Folders and patterns to train on leave out files that are given to validate or test on. The vocabulary comes from the
 * text to train on, with what is held back of it.
 *
 * @param paths a path alone is one to train on
 * @throws {TextError} if text cannot be read, or has tokens that the vocabulary lacks
 */
export async function loadCorpus(
  paths: string | CorpusPaths,
  { tokenizer: wanted, vocabulary, split = {} }: LoadCorpusOptions,
): Promise<Corpus> {
  splitIds(new Uint8Array(0), split); // Refuses senseless fractions before anything is read.
  const readTraining = readerFor(wanted, vocabulary);
  const files = await findCorpus(typeof paths === 'string' ? { train: paths } : paths);

  const { tokenizer, ids } = await readTraining(files.train);
  const [valid, test] = [
    files.valid && (await encodeFiles(files.valid, tokenizer)),
    files.test && (await encodeFiles(files.test, tokenizer)),
  ];
  const held = {
    valid: valid ? 0 : (split.valid ?? HELD_BACK),
    test: valid || test ? 0 : (split.test ?? HELD_BACK),
  };
  const cut = splitIds(ids, held);
  return {
    tokenizer,
    train: cut.train,
    valid: valid ?? cut.valid,
    test: test ?? (held.test > 0 ? cut.test : undefined),
    isOneText: !valid && !test,
    description: describeCorpus(
      files,
      { train: ids.length, valid: valid?.length, test: test?.length },
      held,
      tokenizer.kind,
    ),
  };
}

const HELD_BACK = 0.05;

interface LearntText {
  readonly tokenizer: Tokenizer;
  readonly ids: TokenIds;
}

/** What turns the text to train on into ids, and where needed makes the tokenizer from it. */
function readerFor(
  wanted: LoadCorpusOptions['tokenizer'],
  vocabulary: Vocabulary | undefined,
): (files: PartFiles) => Promise<LearntText> {
  const spec = typeof wanted === 'string' ? ({ kind: wanted } as TokenizerSpec) : wanted;
  const known = 'encode' in spec ? spec : vocabulary && createTokenizer(spec.kind, vocabulary);
  if (known) return async (files) => ({ tokenizer: known, ids: await encodeFiles(files, known) });
  const learner = new TextLearner(spec as TokenizerSpec);
  return async (files) => {
    await readPieces(files, spec.kind, (piece, share) => learner.add(piece, share));
    return naming(files.title, () => learner.finish());
  };
}

async function encodeFiles(files: PartFiles, tokenizer: Tokenizer): Promise<TokenIds> {
  const { size } = tokenizer.vocabulary;
  const ids = new GrowingIds();
  await readPieces(files, tokenizer.kind, (piece, share) => ids.append(tokenizer.encode(piece), size, share));
  return ids.toIds(size);
}

/**
 * Reads files one after the other as one text, with a newline between them, in pieces that can be cut into tokens.
 *
 * @param use also learns how much of the text has come, unless the standard input is part of it
 */
async function readPieces(
  { paths }: PartFiles,
  kind: TokenizerKind,
  use: (piece: string, share?: number) => void,
): Promise<void> {
  const pieces = new Pieces(kind);
  const bytes = await totalBytes(paths);
  let read = 0;
  for (const [i, path] of paths.entries()) {
    if (i > 0) naming(path, () => use(pieces.add('\n')));
    for await (const chunk of readChunks('loadCorpus', path)) {
      read += chunk.bytes;
      naming(nameOf(path), () => use(pieces.add(chunk.text), bytes && read / bytes));
    }
  }
  naming(nameOf(paths[paths.length - 1]), () => use(pieces.end(), 1));
}

async function totalBytes(paths: readonly string[]): Promise<number | undefined> {
  if (paths.includes(STANDARD_INPUT)) return undefined;
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Puts what was read before the message of an error about its text. */
function naming<Result>(title: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (TextError.isInstance(error)) throw new TextError(`${title}: ${error.message}`, { cause: error });
    throw error;
  }
}
