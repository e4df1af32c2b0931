import { promises } from 'node:fs';
import { checkSize } from '../check-size.ts';
import { CheckpointError } from '../checkpoint-error.ts';

const START_BYTES = 9;
/** A single read may be no longer than 2 GiB - 1. */
const CHUNK_BYTES = 2 ** 30;

/**
 * Reads a whole file, after a look at its size.
 *
 * @param most bytes
 * @param ifMissing what to do where there is no such file
 * @param checkStart looks at the first 9 bytes and the size before the rest is read; throws if they are wrong
 * @throws CheckpointError if there is no such file (its cause has the code ENOENT), it is no regular file, or has more bytes
 */
export async function readFileChecked(
  path: string,
  most: number,
  ifMissing: string,
  checkStart?: (start: Uint8Array, size: number) => void,
): Promise<Uint8Array> {
  try {
    // Before it is opened: opening a pipe waits for someone to write.
    if (!(await promises.stat(path)).isFile()) {
      throw new CheckpointError(`${path}: expected a file, got a folder or a device. Check the path.`);
    }
    const handle = await promises.open(path, 'r');
    try {
      const { size } = await handle.stat();
      checkSize(size, most, path);
      if (checkStart) {
        const start = new Uint8Array(Math.min(size, START_BYTES));
        await handle.read(start, 0, start.length, 0);
        checkStart(start, size);
      }
      return await readBytes(handle, size, path);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new CheckpointError(`${path}: there is no such file. ${ifMissing}`, { cause });
    }
    throw new CheckpointError(`${path}: could not be read (${message}). Check that you may read it.`, {
      cause,
    });
  }
}

async function readBytes(handle: promises.FileHandle, size: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, Math.min(size - filled, CHUNK_BYTES), filled);
    if (bytesRead === 0) {
      throw new CheckpointError(
        `${path}: became shorter while it was read. Read it when nothing writes to it.`,
      );
    }
    filled += bytesRead;
  }
  return bytes;
}
