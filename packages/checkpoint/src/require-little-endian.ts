import { CheckpointError } from './checkpoint-error.ts';

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Safetensors stores little-endian numbers and a typed array uses the machine's order, so only there are they the same bytes. */
export function requireLittleEndian(source: string): void {
  if (!isLittleEndian) {
    throw new CheckpointError(`${source}: big-endian machines are not supported. Use a little-endian one.`);
  }
}
