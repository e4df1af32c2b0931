import { promises } from 'node:fs';
import { DiskError } from '../checkpoint-error.ts';

/** Windows cannot open a folder as a file, and some file systems cannot fsync one. */
const UNSUPPORTED = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'ENOSYS']);

/** Makes renames and removals in `folder` survive a power failure, where the platform can. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await promises.open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (UNSUPPORTED.has(code ?? '')) return;
    throw new DiskError(
      `${folder}: the disk did not confirm what was written there (${message}). Check the disk and write again.`,
      { cause },
    );
  }
}
