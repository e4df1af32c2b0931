import { promises } from 'node:fs';
import { DiskError } from '../checkpoint-error.ts';

/** Some file systems cannot fsync a folder, and Windows cannot open one as a file. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  ...['EINVAL', 'ENOTSUP', 'ENOSYS'],
  ...(process.platform === 'win32' ? ['EISDIR', 'EPERM', 'EACCES'] : []),
]);

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
