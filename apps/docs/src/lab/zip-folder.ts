import { unzipSync, zipSync } from 'fflate';
import type { ModelFolder } from './model-files.ts';

/** A file as it was chosen, or fetched. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a model folder can have; anything else in an archive is not even unpacked. */
const known: ReadonlySet<string> = new Set([
  'config.json',
  'vocab.json',
  'tokenizer.json',
  'model.safetensors',
]);
/** More than a tab could use, all files together. */
const MOST = 512e6;

/** A model folder as one file. It takes its time: for a worker. */
export function zipFolder(folder: ModelFolder, name: string): Uint8Array<ArrayBuffer> {
  const files = Object.fromEntries([...folder].map(([file, bytes]) => [`${name}/${file}`, bytes]));
  return zipSync(files, { level: 6 }) as Uint8Array<ArrayBuffer>;
}

/**
 * The files of a model folder from what was chosen: the files themselves, or a zip of them. For a worker.
 * @throws Error naming what is wrong with it
 */
export function folderFrom(chosen: readonly NamedBytes[]): ModelFolder {
  const folder = new Map<string, Uint8Array>();
  let total = 0;
  const take = (source: string, name: string, bytes: Uint8Array): void => {
    total += bytes.length;
    if (total > MOST) throw new Error(`${source}: expected at most ${MOST / 1e6} MB, got more`);
    folder.set(name, bytes);
  };
  for (const { name, bytes } of chosen) {
    if (known.has(name)) take(name, name, bytes);
    else if (isZip(bytes)) for (const [file, content] of unzipped(name, bytes)) take(name, file, content);
    else throw new Error(`${name}: expected a zip of a model folder, or its files ${[...known].join(', ')}`);
  }
  return folder;
}

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function unzipped(source: string, bytes: Uint8Array): [string, Uint8Array][] {
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!known.has(baseName(name))) return false;
        total += originalSize; // as the archive says; one that lies about it is refused when it is unpacked
        if (total > MOST) throw new Error(`at most ${MOST / 1e6} MB, got more`);
        return true;
      },
    });
    return Object.entries(files).map(([name, content]) => [baseName(name), content]);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`${source}: expected a zip of a model folder: ${what}`, { cause: error });
  }
}
