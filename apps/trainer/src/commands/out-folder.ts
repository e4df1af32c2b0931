import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DiskError } from '@unroll/checkpoint';
import { writeFileWhole } from '@unroll/checkpoint/node';
import { UsageError } from '../exit-code.ts';

/** What Python leaves beside a script that was imported. */
const NO_MATTER = '__pycache__';

/**
 * Looks, before anything is computed, whether files of these names may go into the folder.
 * @param source the folder that is read, which is never written to
 * @throws UsageError if it holds something and `force` is false, or if it holds something else
 */
export async function checkOutFolder(
  out: string,
  names: readonly string[],
  source: string,
  force: boolean,
): Promise<void> {
  if (!existsSync(out)) return;
  if ((await realPath(out)) === (await realPath(source))) {
    throw new UsageError(`--out ${out}: is the folder that is read; choose another one`);
  }
  const found = await readdir(out).catch((cause: unknown) => {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--out ${out}: expected a folder, or nothing yet (${detail}); choose another name`);
  });
  const other = found.find((name) => !names.includes(name) && name !== NO_MATTER);
  if (other !== undefined) {
    throw new UsageError(
      `--out ${out}: the folder holds other files (${other}), which may belong together; choose another one`,
    );
  }
  if (found.length > 0 && !force) {
    throw new UsageError(
      `--out ${out}: the folder is not empty (${found[0]}); choose another one, or add --force to write over what is in it`,
    );
  }
}

const realPath = (path: string): Promise<string> => realpath(path).catch(() => resolve(path));

/**
 * Writes a new folder whole or not at all. In a folder that is there already, files are replaced one by one once all of them have reached
 * the disk.
 * @throws DiskError where it cannot be written
 */
export async function writeFolderWhole(out: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const temporary = `${resolve(out)}.${randomUUID()}.tmp`;
  try {
    await mkdir(temporary, { recursive: true });
    for (const [name, bytes] of files) await writeFileWhole(join(temporary, name), bytes);
    if (existsSync(out)) {
      for (const name of files.keys()) await rename(join(temporary, name), join(out, name));
      await rmdir(temporary);
    } else {
      await rename(temporary, out);
    }
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {}); // the error that led here matters more
    if (DiskError.isInstance(cause)) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DiskError(
      `${out}: could not be written (${detail}). Check that the disk is not full and that you may write there.`,
      { cause },
    );
  }
}
