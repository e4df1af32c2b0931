import { strFromU8, unzip, zip } from 'fflate';
import type { ModelFolder } from './model-files.ts';

/** What a model folder can have; anything else in an archive is not even unpacked. */
const known = new Set(['config.json', 'vocab.json', 'tokenizer.json', 'model.safetensors']);
/** More than a tab could use. */
const MOST = 512e6;

/** The files of a model that comes with the site. */
export async function fetchFolder(url: string): Promise<ModelFolder> {
  const names = ['config.json', 'vocab.json', 'model.safetensors'];
  const files = names.map(async (name) => {
    const response = await fetch(`${url}/${name}`);
    if (!response.ok) throw new Error(`${url}/${name}: ${response.status} ${response.statusText}`);
    return [name, new Uint8Array(await response.arrayBuffer())] as const;
  });
  return new Map(await Promise.all(files));
}

/** A model folder as one file to download. */
export function zipFolder(folder: ModelFolder, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = Object.fromEntries([...folder].map(([file, bytes]) => [`${name}/${file}`, bytes]));
  return new Promise((resolve, reject) =>
    zip(files, { level: 6 }, (error, bytes) => (error ? reject(error) : resolve(bytes))),
  );
}

/**
 * The files of a model folder from what was chosen: the files themselves, or a zip of them.
 * @throws Error naming what is wrong with it
 */
export async function filesFrom(chosen: Iterable<File>): Promise<ModelFolder> {
  const folder = new Map<string, Uint8Array>();
  for (const file of chosen) {
    if (file.size > MOST)
      throw new Error(`${file.name}: expected at most ${MOST / 1e6} MB, got ${file.size / 1e6}`);
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (known.has(file.name)) folder.set(file.name, bytes);
    else if (isZip(bytes))
      for (const [name, content] of await unzipped(file.name, bytes)) folder.set(name, content);
    else
      throw new Error(
        `${file.name}: expected a zip of a model folder, or its files ${[...known].join(', ')}`,
      );
  }
  return folder;
}

const isZip = (bytes: Uint8Array): boolean => strFromU8(bytes.subarray(0, 2)) === 'PK';

function unzipped(source: string, bytes: Uint8Array): Promise<[string, Uint8Array][]> {
  const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  return new Promise((resolve, reject) => {
    let total = 0;
    const filter = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
      if (!known.has(baseName(name))) return false;
      total += originalSize; // as the archive says; whoever lies about it gets an error from unzip
      return total <= MOST;
    };
    unzip(bytes, { filter }, (error, files) => {
      if (error) reject(new Error(`${source}: expected a zip of a model folder: ${error.message}`));
      else if (total > MOST) reject(new Error(`${source}: expected at most ${MOST / 1e6} MB, got more`));
      else resolve(Object.entries(files).map(([name, content]) => [baseName(name), content]));
    });
  });
}
