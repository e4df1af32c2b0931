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
/** A folder of a run has some dozen; an archive that claims to have more is not gone through. */
const MOST_ENTRIES = 10_000;

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
    if (folder.has(name)) throw new Error(`${source}: expected the files of one model, got ${name} twice`);
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
/** Folder and name, however a system writes paths. */
function partsOf(path: string): [folder: string, name: string] {
  const parts = path.split(/[/\\]/);
  return [parts.slice(0, -1).join('/'), parts[parts.length - 1]];
}

function unzipped(source: string, bytes: Uint8Array): [string, Uint8Array][] {
  let [total, entries] = [0, 0];
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        entries++;
        if (entries > MOST_ENTRIES) throw new Error(`at most ${MOST_ENTRIES} entries, got more`);
        if (!known.has(partsOf(name)[1])) return false;
        total += Math.max(size, originalSize); // what is stored as it is takes its size, whatever else is said
        if (total > MOST) throw new Error(`at most ${MOST / 1e6} MB, got more`);
        return true;
      },
    });
    return onlyFolder(Object.entries(files));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`${source}: expected a zip of a model folder: ${what}`, { cause: error });
  }
}

/** The files of the one folder that has a model: those of two are not to be mixed. */
function onlyFolder(files: readonly [string, Uint8Array][]): [string, Uint8Array][] {
  const named = files.map(([path, content]) => [...partsOf(path), content] as const);
  const models = named.filter(([, name]) => name === 'config.json').map(([folder]) => folder);
  if (models.length > 1) {
    const shown = models.slice(0, 5).map((folder) => folder || '.');
    throw new Error(`one model, got ${models.length}, in ${shown.join(', ')}; zip the folder of one`);
  }
  const of = models[0] ?? named[0]?.[0];
  return named.filter(([folder]) => folder === of).map(([, name, content]) => [name, content]);
}
