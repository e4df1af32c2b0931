import { CheckpointError, type NamedArray } from '@unroll/checkpoint';
import { littleEndianBytes } from './little-endian-bytes.ts';

const types = { f32: '<f4', f64: '<f8', i32: '<i4' } as const;

/**
 * An array as a `.npy` file, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 * @throws CheckpointError if the data does not fill the shape
 */
export function toNpy(name: string, { dtype, shape, data }: NamedArray): Uint8Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== data.length) {
    throw new CheckpointError(
      `toNpz: "${name}": expected ${size} numbers for the shape (${shape.join(', ')}), got ${data.length}. Give the shape that the data has.`,
    );
  }
  // Spaces and a newline at the end make the numbers begin at a multiple of 64 bytes.
  const text = `{'descr': '${types[dtype]}', 'fortran_order': False, 'shape': (${shape.map((length) => `${length},`).join(' ')}), }`;
  const headerBytes = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const header = new TextEncoder().encode(`${text.padEnd(headerBytes - 1)}\n`);
  const out = new Uint8Array(10 + headerBytes + data.byteLength);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]); // \x93NUMPY, version 1.0
  new DataView(out.buffer).setUint16(8, headerBytes, true);
  out.set(header, 10);
  out.set(littleEndianBytes(data), 10 + headerBytes);
  return out;
}
