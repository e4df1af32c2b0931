import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { showCount } from '../show.ts';
import { TextError } from '../text-error.ts';
import { decodeText } from './decode-text.ts';
import { LONGEST_TEXT, readBytes, unreadable } from './read-bytes.ts';
import { readTextFile } from './read-text-file.ts';

/** Either one text, which is still to be split, or texts that came apart already. */
export type LoadedTexts =
  | { readonly kind: 'single'; readonly text: string; readonly files: readonly string[] }
  | {
      readonly kind: 'splits';
      readonly train: string;
      readonly valid: string;
      readonly test: string | undefined;
      readonly files: readonly string[];
    };

/**
 * Reads what there is to train on at this path:
 *
 * - a file is one text;
 * - a folder with `ptb.train.txt`, `ptb.valid.txt` and `ptb.test.txt`, or with `train.txt`, `valid.txt` and perhaps
 *   `test.txt`, is a text for each;
 * - any other folder is one text: all its UTF-8 files, also those in folders below, sorted by path and joined with a
 *   newline. Names with a leading dot, `node_modules`, folders of models and links are left out, as are files that are not
 *   text.
 *
 * @throws {TextError} if there is nothing to read, a file is not text, or one of the files of a split is missing
 */
export async function loadTexts(path: string): Promise<LoadedTexts> {
  if (!(await isFolder(path))) return { kind: 'single', text: await readTextFile(path), files: [path] };

  const names = new Set((await listFolder(path)).map(({ name }) => name));
  const ptb = splitNames('ptb.').filter((name) => names.has(name));
  if (ptb.length > 0) return loadSplits(path, ptb, splitNames('ptb.'));
  // One of these names alone, say test.txt, says nothing about the files beside it.
  const plain = splitNames('').filter((name) => names.has(name));
  if (plain.length > 1) return loadSplits(path, plain, ['train.txt', 'valid.txt']);
  return loadFolder(path);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable('loadTexts', path, error);
  }
}

async function listFolder(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw unreadable('loadTexts', path, error);
  }
}

function splitNames(prefix: string): string[] {
  return [`${prefix}train.txt`, `${prefix}valid.txt`, `${prefix}test.txt`];
}

async function loadSplits(folder: string, present: string[], required: string[]): Promise<LoadedTexts> {
  const missing = required.filter((name) => !present.includes(name));
  if (missing.length > 0) {
    throw new TextError(
      `loadTexts: ${folder} has ${present.join(' and ')} but no ${missing.join(' and no ')}. ` +
        'Add what is missing, or give the path of one file to train on it alone.',
    );
  }
  const files = present.map((name) => join(folder, name));
  const [train, valid, test] = await Promise.all(files.map(readTextFile));
  return { kind: 'splits', train, valid, test, files };
}

async function loadFolder(folder: string): Promise<LoadedTexts> {
  const found = (await filesBelow(folder)).sort();
  const files: string[] = [];
  const texts: string[] = [];
  let length = 0;
  for (const path of found) {
    const decoded = decodeText(await readBytes('loadTexts', path));
    if ('problem' in decoded) continue;
    length += decoded.text.length + 1;
    if (length > LONGEST_TEXT) {
      throw new TextError(
        `loadTexts: the files in ${folder} have more than the ${showCount(LONGEST_TEXT)} characters that fit into ` +
          'one text. Give a folder with fewer files.',
      );
    }
    files.push(path);
    texts.push(decoded.text);
  }
  if (files.length === 0) {
    const have =
      found.length === 0 ? 'it has no files' : `of its ${showCount(found.length)} files none is UTF-8 text`;
    throw new TextError(
      `loadTexts: found no text in ${folder}: ${have}. Give a text file, or a folder that has some.`,
    );
  }
  return { kind: 'single', text: texts.join('\n'), files };
}

const modelFiles = ['model.safetensors', 'config.json', 'vocab.json'];

/** Every regular file in the folder and below; links are not followed, since they can lead round in circles. */
async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  const entries = await listFolder(folder);
  // What a training run leaves beside the text is no text to train on.
  if (modelFiles.every((name) => entries.some((entry) => entry.name === name))) return [];
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(path)));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}
