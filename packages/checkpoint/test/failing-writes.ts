import { promises } from 'node:fs';
import { vi } from 'vitest';

/** From the write with this index on (0 is the next), half of the bytes are written and then the disk is full. */
export function failingWrites(first = 0): void {
  const { open } = promises;
  let writes = 0;
  vi.spyOn(promises, 'open').mockImplementation(async (...args) => {
    const handle = await open(...args);
    const writeFile = handle.writeFile.bind(handle);
    handle.writeFile = async (data) => {
      if (writes++ < first) return writeFile(data);
      const bytes = data as Uint8Array;
      await writeFile(bytes.subarray(0, bytes.length >> 1));
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    return handle;
  });
}
