import { stageFile } from './stage-file.ts';

/**
 * Writes a file whole or not at all: the bytes go to a temporary file in the same folder, reach the disk, and then take the
 * name `path` in one step. Who reads `path` meanwhile sees the old file or the new one, never a part.
 *
 * A process that is killed while it writes leaves a `.unroll-….tmp` file behind, which may be deleted.
 *
 * @throws DiskError where it cannot be written; the old file is then as it was
 */
export async function writeFileWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await stageFile(path, bytes);
  await file.commit();
}
