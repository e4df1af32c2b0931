import { promises } from 'node:fs';

/** A file that was not there, with these bytes, which have reached the disk when this resolves. */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await promises.open(path, 'wx');
  try {
    await handle.writeFile(bytes);
    // Before any rename: otherwise a power failure could leave a name pointing at bytes that never reached the disk.
    await handle.sync();
    const { size } = await handle.stat();
    if (size !== bytes.length) throw new Error(`${size} of ${bytes.length} bytes were written`);
  } finally {
    await handle.close();
  }
}
