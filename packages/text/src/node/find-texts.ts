import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, posix, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { showCount } from '../show.ts';
import { TextError } from '../text-error.ts';
import { errorCode } from './error-reason.ts';
import { globPattern } from './glob-pattern.ts';
import { readChunks, STANDARD_INPUT } from './read-chunks.ts';
import { NotText } from './strict-utf8.ts';
import { unreadable } from './unreadable.ts';

const MODULES = 'node_modules';

/** Which files a path stands for. */
export type FoundTexts =
  | { readonly kind: 'named'; readonly files: readonly [string] }
  /** Found in a folder or by a pattern, sorted; `leftOut` counts those that are not text. */
  | { readonly kind: 'found'; readonly files: readonly string[]; readonly leftOut: number }
  | { readonly kind: 'splits'; readonly folder: string; readonly files: SplitFiles };

export interface SplitFiles {
  readonly train: string;
  readonly valid: string;
  readonly test: string | undefined;
}

/**
 * - A file stands for itself, and so does `-`, the standard input.
 * - A folder with `ptb.train.txt`, `ptb.valid.txt` and `ptb.test.txt`, or with `train.txt`, `valid.txt` and perhaps
 *   `test.txt`, stands for these.
 * - Any other folder stands for all its UTF-8 files, also those in folders below. Names with a leading dot, `node_modules`,
 *   folders of models and links are left out, as are files that are empty or not text.
 * - A pattern such as `texts/*.md`, where no file has that very name, stands for the files that match it, but for empty ones.
 *   Links are left out here too, and so are names with a leading dot and `node_modules` unless they stand in the pattern.
 *
 * @throws {TextError} if there is nothing to read, or one of the files of a split is missing
 */
export async function findTexts(operation: string, path: string): Promise<FoundTexts> {
  if (path === STANDARD_INPUT) return { kind: 'named', files: [path] };
  const found = await isFolder(operation, path);
  if (found === undefined) return { kind: 'found', ...(await filesMatching(operation, path)) };
  if (!found) return { kind: 'named', files: [path] };

  const names = new Set((await listFolder(operation, path)).map(({ name }) => name));
  const ptb = splitNames('ptb.').filter((name) => names.has(name));
  if (ptb.length > 0) return splitsIn(operation, path, ptb, splitNames('ptb.'));
  // One of these names alone, say test.txt, says nothing about the files beside it.
  const plain = splitNames('').filter((name) => names.has(name));
  if (plain.length > 1) return splitsIn(operation, path, plain, ['train.txt', 'valid.txt']);
  return { kind: 'found', ...(await textsBelow(operation, path)) };
}

/** Undefined if there is nothing of that name, and it is a pattern. */
async function isFolder(operation: string, path: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const isMissing = ['ENOENT', 'EINVAL'].includes(errorCode(error) ?? ''); // Windows: no name has a * in it.
    if (isMissing && isDynamicPattern((await splitPattern(path)).rest)) return undefined;
    throw unreadable(operation, path, error);
  }
}

/** The folder that a pattern begins with, in the name of which `(` and `[` mean nothing else, and the pattern in it. */
async function splitPattern(pattern: string): Promise<{ folder: string; rest: string }> {
  const parts = globPattern(pattern).split('/');
  let [folder, depth] = ['', 0];
  while (depth < parts.length - 1) {
    const below = `${folder}${parts[depth]}/`;
    const isThere = await stat(below).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isThere) break;
    folder = below;
    depth++;
  }
  return { folder, rest: parts.slice(depth).join('/') };
}

async function filesMatching(
  operation: string,
  pattern: string,
): Promise<{ files: string[]; leftOut: number }> {
  const { folder, rest } = await splitPattern(pattern);
  const options = { cwd: folder || '.', expandDirectories: false, followSymbolicLinks: false };
  const all = (await glob(rest, options)).map((path) => posix.join(folder, path));
  // By hand, since what `glob` is told to ignore lies below the working directory.
  const named = all.filter((path) => pattern.includes(MODULES) || !path.split('/').includes(MODULES));
  const matching = await withoutModels(named);
  const sizes = await Promise.all(matching.map(async (path) => (await stat(path)).size));
  const files = matching.filter((_, i) => sizes[i] > 0).sort();
  if (files.length === 0) {
    const have =
      matching.length > 0
        ? 'all files that match it are empty'
        : `no file matches it, seen from ${process.cwd()}`;
    throw new TextError(
      `${operation}: found no text for the pattern ${pattern}: ${have}. Check the pattern.`,
    );
  }
  return { files, leftOut: matching.length - files.length };
}

/** What a training run leaves beside the text is no text to train on: files in a folder that holds a model, and below it. */
async function withoutModels(paths: readonly string[]): Promise<string[]> {
  const known = new Map<string, Promise<boolean>>();
  const holdsModel = (folder: string): Promise<boolean> => {
    const found = known.get(folder) ?? holdsAll(folder, modelFiles);
    known.set(folder, found);
    return found;
  };
  const isWithin = await Promise.all(
    paths.map(async (path) => (await Promise.all(foldersAbove(resolve(path)).map(holdsModel))).some(Boolean)),
  );
  return paths.filter((_, i) => !isWithin[i]);
}

/** `/a/b`, `/a` and `/`, of `/a/b/c.txt`. */
function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
}

async function holdsAll(folder: string, names: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

async function listFolder(operation: string, path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw unreadable(operation, path, error);
  }
}

function splitNames(prefix: string): string[] {
  return [`${prefix}train.txt`, `${prefix}valid.txt`, `${prefix}test.txt`];
}

function splitsIn(operation: string, folder: string, present: string[], required: string[]): FoundTexts {
  const missing = required.filter((name) => !present.includes(name));
  if (missing.length > 0) {
    throw new TextError(
      `${operation}: ${folder} has ${present.join(' and ')} but no ${missing.join(' and no ')}. ` +
        'Add what is missing, or give the path of one file to train on it alone.',
    );
  }
  const [train, valid, test] = present.map((name) => join(folder, name));
  return { kind: 'splits', folder, files: { train, valid, test } };
}

async function textsBelow(operation: string, folder: string): Promise<{ files: string[]; leftOut: number }> {
  const found = (await filesBelow(operation, folder)).sort();
  const files: string[] = [];
  for (const path of found) if (await isText(operation, path)) files.push(path);
  if (files.length === 0) {
    const have =
      found.length === 0 ? 'it has no files' : `of its ${showCount(found.length)} files none is UTF-8 text`;
    throw new TextError(
      `${operation}: found no text in ${folder}: ${have}. Give a text file, or a folder that has some.`,
    );
  }
  return { files, leftOut: found.length - files.length };
}

async function isText(operation: string, path: string): Promise<boolean> {
  try {
    for await (const _ of readChunks(operation, path));
    return true;
  } catch (error) {
    if (TextError.isInstance(error) && error.cause instanceof NotText) return false;
    throw error;
  }
}

const modelFiles = ['model.safetensors', 'config.json', 'vocab.json'];

/** Every regular file in the folder and below; links are not followed, since they can lead round in circles. */
async function filesBelow(operation: string, folder: string): Promise<string[]> {
  const files: string[] = [];
  const entries = await listFolder(operation, folder);
  // What a training run leaves beside the text is no text to train on.
  if (modelFiles.every((name) => entries.some((entry) => entry.name === name))) return [];
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === MODULES) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(operation, path)));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}
