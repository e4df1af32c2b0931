import { unzipSync, zipSync } from 'fflate';
import type { ModelFolder } from './model-folder.ts';
import { LabError } from './problem.ts';

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
 * @throws LabError naming what is wrong with it
 */
export function folderFrom(chosen: readonly NamedBytes[]): ModelFolder {
  const folder = new Map<string, Uint8Array>();
  let total = 0;
  const take = (source: string, name: string, bytes: Uint8Array): void => {
    total += bytes.length;
    if (total > MOST)
      throw new LabError({ name: 'filesTooLarge', values: { file: source, most: MOST / 1e6 } });
    if (folder.has(name)) throw new LabError({ name: 'fileTwice', values: { file: source, name } });
    folder.set(name, bytes);
  };
  for (const { name, bytes } of chosen) {
    if (known.has(name)) take(name, name, bytes);
    else if (isZip(bytes)) for (const [file, content] of unzipped(name, bytes)) take(name, file, content);
    else throw new LabError({ name: 'notOfAModel', values: { file: name, known: [...known] } });
  }
  return folder;
}

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;
/** Folder and name, however a system writes paths. */
function partsOf(path: string): [folder: string, name: string] {
  const parts = path.split(/[/\\]/);
  return [parts.slice(0, -1).join('/'), parts[parts.length - 1]];
}

function unzipped(file: string, bytes: Uint8Array): [string, Uint8Array][] {
  let [total, entries] = [0, 0];
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        entries++;
        if (entries > MOST_ENTRIES)
          throw new LabError({ name: 'tooManyEntries', values: { file, most: MOST_ENTRIES } });
        if (!known.has(partsOf(name)[1])) return false;
        total += Math.max(size, originalSize); // what is stored as it is takes its size, whatever else is said
        if (total > MOST) throw new LabError({ name: 'zipTooLarge', values: { file, most: MOST / 1e6 } });
        return true;
      },
    });
    return onlyFolder(file, Object.entries(files));
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LabError({ name: 'badZip', values: { file, message } }, { cause });
  }
}

/** The files of the one folder that has a model: those of two are not to be mixed. */
function onlyFolder(file: string, files: readonly [string, Uint8Array][]): [string, Uint8Array][] {
  const named = files.map(([path, content]) => [...partsOf(path), content] as const);
  const models = named.filter(([, name]) => name === 'config.json').map(([folder]) => folder);
  if (models.length > 1) {
    const folders = models.slice(0, 5).map((folder) => folder || '.');
    throw new LabError({ name: 'severalModels', values: { file, count: models.length, folders } });
  }
  const of = models[0] ?? named[0]?.[0];
  return named.filter(([folder]) => folder === of).map(([, name, content]) => [name, content]);
}
