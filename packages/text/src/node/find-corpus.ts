import { resolve } from 'node:path';
import { TextError } from '../text-error.ts';
import { type FoundTexts, findTexts, type SplitFiles } from './find-texts.ts';
import { STANDARD_INPUT } from './read-chunks.ts';

/** A file, a folder, a pattern such as `texts/*.md`, or `-` for the standard input; several are joined to one text. */
export type TextPaths = string | readonly string[];

export interface CorpusPaths {
  readonly train: TextPaths;
  /** To validate on; without it, the end of `train` is held back. */
  readonly valid?: TextPaths;
  /** To test on; without it and without `valid`, the end of `train` is held back. */
  readonly test?: TextPaths;
}

/** The files of one part. */
export interface PartFiles {
  /** What was given, in one line. */
  readonly title: string;
  readonly paths: readonly string[];
  /** How many files were found besides that are not text. */
  readonly leftOut: number;
}

export interface CorpusFiles {
  readonly train: PartFiles;
  readonly valid: PartFiles | undefined;
  readonly test: PartFiles | undefined;
}

/**
 * The files of each part. A folder of split files brings a text to validate and to test on, unless others are given. Folders
 * and patterns to train on leave out what is given for the other parts.
 *
 * @throws {TextError} if there is nothing to read for a part, or the standard input is asked for twice
 */
export async function findCorpus(paths: CorpusPaths): Promise<CorpusFiles> {
  const found = {
    train: await findEach(paths.train),
    valid: paths.valid === undefined ? undefined : await findEach(paths.valid),
    test: paths.test === undefined ? undefined : await findEach(paths.test),
  };
  const splits = found.train.flatMap((texts) => (texts.kind === 'splits' ? [texts] : []));
  const other = (part: 'valid' | 'test'): PartFiles | undefined => {
    const given = paths[part];
    if (given !== undefined) return filesOf(part, titleOf(given), found[part] ?? []);
    const brought = splits.filter(({ files }) => files[part] !== undefined);
    return brought.length > 0 ? filesOf(part, titleOf(paths.train), brought) : undefined;
  };
  const [valid, test] = [other('valid'), other('test')];
  const elsewhere = [...(valid?.paths ?? []), ...(test?.paths ?? [])];
  const train = filesOf('train', titleOf(paths.train), found.train, elsewhere);
  if ([...train.paths, ...elsewhere].filter((path) => path === STANDARD_INPUT).length > 1) {
    throw new TextError(
      'loadCorpus: the standard input can be read only once; give files for the other parts',
    );
  }
  return { train, valid, test };
}

async function findEach(paths: TextPaths): Promise<FoundTexts[]> {
  return Promise.all([paths].flat().map((path) => findTexts('loadCorpus', path)));
}

/** @param elsewhere files that belong to another part, and are only read for this one too if they are named */
function filesOf(
  part: keyof SplitFiles,
  title: string,
  found: readonly FoundTexts[],
  elsewhere: readonly string[] = [],
): PartFiles {
  const taken = new Set(elsewhere.map((path) => resolve(path)));
  const paths = new Map<string, string>(); // By absolute path, since a file is read once however often it is found.
  for (const texts of found) {
    const files = texts.kind === 'splits' ? [splitFile(texts, part)] : texts.files;
    for (const path of files) {
      const absolute = path === STANDARD_INPUT ? path : resolve(path);
      if (!(texts.kind === 'found' && taken.has(absolute))) paths.set(absolute, path);
    }
  }
  if (paths.size === 0) {
    throw new TextError(
      `loadCorpus: found no text for ${part}${title && ` in ${title}`}. Give a file that has some.`,
    );
  }
  const leftOut = found.reduce((sum, texts) => sum + (texts.kind === 'found' ? texts.leftOut : 0), 0);
  return { title, paths: [...paths.values()], leftOut };
}

function splitFile({ folder, files }: FoundTexts & { kind: 'splits' }, part: keyof SplitFiles): string {
  const file = files[part];
  if (file === undefined)
    throw new TextError(`loadCorpus: ${folder} has no ${part}.txt. Give the path of a file.`);
  return file;
}

function titleOf(paths: TextPaths): string {
  return [paths].flat().join(', ');
}
