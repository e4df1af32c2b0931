import { createHash, randomUUID } from 'node:crypto';
import { promises } from 'node:fs';
import { join } from 'node:path';
import { MAX_WEIGHTS_BYTES } from '../check-size.ts';
import { CheckpointError, DiskError } from '../checkpoint-error.ts';
import { damaged } from '../damaged.ts';
import { quote } from '../quote.ts';
import { parseManifest, plainName } from './parse-manifest.ts';
import { readFileChecked } from './read-file-checked.ts';
import { syncFolder } from './sync-folder.ts';
import { writeFileWhole } from './write-file-whole.ts';
import { writeNewFile } from './write-new-file.ts';

/** Files by name that belong together. */
export type SnapshotFiles = ReadonlyMap<string, Uint8Array>;

/** What a snapshot must have, written last: size and sha256 of each of its files. */
const MANIFEST = 'snapshot.json';
/** Room for hundreds of files. */
const MOST_MANIFEST_BYTES = 65_536;
/** Names the newest snapshot, for people and programs that want no more than that. */
const LATEST = 'latest';
/** Of a snapshot that is being written. */
const TEMPORARY = '.writing-';

/**
 * Writes files that belong together into the folder `folder/name`, whole or not at all: into a temporary folder that reaches the disk
 * and then takes its name in one step. Whatever happens, `folder/name` is a complete snapshot or is not there.
 *
 * @param name names sort in the order in which snapshots follow each other: `step-000120`
 * @throws DiskError where it cannot be written; nothing else in `folder` is touched
 */
export async function writeSnapshot(folder: string, name: string, files: SnapshotFiles): Promise<void> {
  for (const each of [name, ...files.keys()]) expectPlainName(folder, each);
  const temporary = join(folder, `${TEMPORARY}${randomUUID()}`);
  const entries = [...files].map(([file, bytes]) => [file, { bytes: bytes.length, sha256: sha256(bytes) }]);
  const manifest = `${JSON.stringify({ files: Object.fromEntries(entries) }, null, 2)}\n`;
  try {
    await promises.mkdir(temporary, { recursive: true });
    for (const [file, bytes] of files) await writeNewFile(join(temporary, file), bytes);
    await writeNewFile(join(temporary, MANIFEST), new TextEncoder().encode(manifest));
    await syncFolder(temporary);
    await moveAside(join(folder, name), `${temporary}-old`); // a damaged one, or one of the same moment
    await promises.rename(temporary, join(folder, name));
    await syncFolder(folder);
    await promises.rm(`${temporary}-old`, { recursive: true, force: true });
  } catch (cause) {
    // Nothing better can be done about what cannot be removed, and the error that led here matters more.
    await promises.rm(temporary, { recursive: true, force: true }).catch(() => {});
    await moveAside(`${temporary}-old`, join(folder, name)).catch(() => {});
    if (cause instanceof DiskError) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DiskError(
      `${join(folder, name)}: could not be written (${detail}); earlier snapshots are unchanged. Check that the disk is not full and that you may write there.`,
      { cause },
    );
  }
  await writeFileWhole(join(folder, LATEST), new TextEncoder().encode(`${name}\n`));
}

/**
 * Reads a snapshot, and holds every file against the size and hash that were written with it.
 * @throws CheckpointError naming the file that is missing, or not as it was written
 */
export async function readSnapshot(folder: string, name: string): Promise<Map<string, Uint8Array>> {
  expectPlainName(folder, name);
  const path = join(folder, name);
  const ifMissing = 'The snapshot is incomplete: take another one.';
  const manifestPath = join(path, MANIFEST);
  const listed = parseManifest(
    await readFileChecked(manifestPath, MOST_MANIFEST_BYTES, ifMissing),
    manifestPath,
  );
  const files = new Map<string, Uint8Array>();
  for (const [file, { bytes, sha256: expected }] of listed) {
    const filePath = join(path, file);
    const found = await readFileChecked(filePath, Math.min(bytes, MAX_WEIGHTS_BYTES), ifMissing);
    if (found.length !== bytes) throw damaged(filePath, `expected ${bytes} bytes, got ${found.length}`);
    const got = sha256(found);
    if (got !== expected) throw damaged(filePath, `expected sha256 ${expected}, got ${got}`);
    files.set(file, found);
  }
  return files;
}

/** The names of all snapshots, the newest first; an empty list if there is no such folder. */
export async function listSnapshots(folder: string): Promise<string[]> {
  try {
    const entries = await promises.readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return names
      .filter((name) => plainName.test(name))
      .sort()
      .reverse();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new CheckpointError(`${folder}: cannot be read (${message}). Check that you may read it.`, {
      cause,
    });
  }
}

/**
 * Removes a snapshot, and what was left behind of one that was being written when its process died.
 * @throws DiskError where it cannot be removed
 */
export async function removeSnapshot(folder: string, name: string): Promise<void> {
  expectPlainName(folder, name);
  try {
    // Its manifest first: half removed, it is none.
    await promises.rm(join(folder, name, MANIFEST), { force: true });
    await promises.rm(join(folder, name), { recursive: true, force: true });
    for (const left of await promises.readdir(folder)) {
      if (left.startsWith(TEMPORARY)) await promises.rm(join(folder, left), { recursive: true, force: true });
    }
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DiskError(`${join(folder, name)}: could not be removed (${detail}).`, { cause });
  }
}

/** Not removed yet: until the new one has its name, it is better than none. */
async function moveAside(path: string, aside: string): Promise<void> {
  await promises.rename(path, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function expectPlainName(folder: string, name: string): void {
  if (!plainName.test(name) || name === MANIFEST || name === LATEST) {
    throw new CheckpointError(
      `${folder}: expected a name of letters, digits, dots and dashes for a snapshot and its files, got ${quote(name)}`,
    );
  }
}
