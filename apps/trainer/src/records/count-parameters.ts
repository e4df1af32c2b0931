import { open } from 'node:fs/promises';

const MOST_HEADER_BYTES = 10_000_000;

/** How many numbers a safetensors file holds, by its header alone; `undefined` if it is none, or has no header that makes sense. */
export async function countParameters(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { buffer: start } = await file.read(new Uint8Array(8), 0, 8, 0);
    const length = Number(new DataView(start.buffer).getBigUint64(0, true));
    if (length > MOST_HEADER_BYTES) return undefined;
    const { buffer: header, bytesRead } = await file.read(new Uint8Array(length), 0, length, 8);
    const tensors: unknown = JSON.parse(new TextDecoder().decode(header.subarray(0, bytesRead)));
    const sizes = Object.entries(tensors as Record<string, { shape: number[] }>)
      .filter(([name]) => name !== '__metadata__')
      .map(([, { shape }]) => shape.reduce((size, dimension) => size * dimension, 1));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    return Number.isSafeInteger(total) ? total : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
