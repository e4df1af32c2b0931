import { randomUUID } from 'node:crypto';
import { promises } from 'node:fs';
import { dirname, join } from 'node:path';
import { DiskError } from '../checkpoint-error.ts';
import { syncFolder } from './sync-folder.ts';
import { writeNewFile } from './write-new-file.ts';

/** A file that is on the disk under a temporary name, in the folder where it belongs. */
export interface StagedFile {
  /** Gives it its own name, in one step, in place of what had that name. */
  commit(): Promise<void>;
  /** Removes the temporary file, if it is still there. */
  discard(): Promise<void>;
}

/** @throws DiskError, with nothing left behind, where the bytes cannot be written */
export async function stageFile(path: string, bytes: Uint8Array): Promise<StagedFile> {
  const folder = dirname(path);
  const temporary = join(folder, `.unroll-${randomUUID()}.tmp`);
  // Nothing better can be done about a temporary file that cannot be removed, and the error that led here matters more.
  const discard = (): Promise<void> => promises.rm(temporary, { force: true }).catch(() => {});
  const orDiscard = async (write: () => Promise<void>): Promise<void> => {
    try {
      await write();
    } catch (cause) {
      await discard();
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new DiskError(
        `${path}: could not be written (${detail}); what was there before is unchanged. ` +
          'Check that its folder exists, that you may write there and that the disk is not full.',
        { cause },
      );
    }
  };

  await orDiscard(() => writeNewFile(temporary, bytes));
  return {
    discard,
    commit: async () => {
      await orDiscard(() => promises.rename(temporary, path));
      await syncFolder(folder);
    },
  };
}
