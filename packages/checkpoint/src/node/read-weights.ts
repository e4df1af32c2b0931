import { MAX_WEIGHTS_BYTES } from '../check-size.ts';
import { readHeaderLength } from '../parse-header.ts';
import { parseSafetensors, type Safetensors } from '../parse-safetensors.ts';
import { readFileChecked } from './read-file-checked.ts';

/**
 * Reads a safetensors file of at most 4 GiB; one of something else is refused before so much is read.
 *
 * @param ifMissing what to do where there is no such file
 */
export async function readWeights(path: string, ifMissing: string): Promise<Safetensors> {
  const bytes = await readFileChecked(path, MAX_WEIGHTS_BYTES, ifMissing, (start, size) => {
    readHeaderLength(start, size, path);
  });
  return parseSafetensors(bytes, path);
}
