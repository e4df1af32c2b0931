import { CheckpointError } from '@unroll/checkpoint';

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of numbers as the files have them, not copied: a typed array has the machine's order, which is the same on usual ones. */
export function littleEndianBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  if (!isLittleEndian) {
    throw new CheckpointError('Big-endian machines are not supported. Export on a little-endian one.');
  }
  return new Uint8Array(buffer, byteOffset, byteLength);
}
