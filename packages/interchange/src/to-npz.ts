import { CheckpointError, type NamedArray } from '@unroll/checkpoint';
import { zipSync } from 'fflate';
import { toNpy } from './to-npy.ts';

/** A zip file says lengths in 32 bits. (An extension goes further; the library does not write it.) */
const MOST_BYTES = 2 ** 32 - 1;
/** More than a zip file and the header of a `.npy` file take for one array, its name apart. */
const BYTES_BESIDES_DATA = 512;

/**
 * The tensors as an `.npz` file, which `numpy.load` opens: a zip file, not compressed, with one `.npy` file for each. The same tensors
 * give the same bytes, whatever order they come in.
 *
 * @throws CheckpointError if the data of a tensor does not fill its shape, or the file would be longer than 4 GiB
 */
export function toNpz(tensors: ReadonlyMap<string, NamedArray>): Uint8Array {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const most = sorted.reduce(
    (sum, [name, { data }]) => sum + data.byteLength + 8 * name.length + BYTES_BESIDES_DATA,
    0,
  );
  if (most > MOST_BYTES) {
    throw new CheckpointError(
      `toNpz: expected less than 4 GiB, which is what a zip file holds, got ${most} bytes. Leave tensors out, or take safetensors.`,
    );
  }
  const files = Object.fromEntries(sorted.map(([name, array]) => [`${name}.npy`, toNpy(name, array)]));
  // A zip file holds local time, so this is the same moment on every machine; it can be no earlier.
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
}
