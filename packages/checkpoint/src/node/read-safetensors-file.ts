import { MAX_WEIGHTS_BYTES } from '../check-size.ts';
import { parseSafetensors, type Safetensors } from '../parse-safetensors.ts';
import { readFileChecked } from './read-file-checked.ts';

/**
 * Reads a safetensors file of at most 4 GiB.
 *
 * @throws CheckpointError where it cannot be read or is not valid
 */
export async function readSafetensorsFile(path: string): Promise<Safetensors> {
  return parseSafetensors(await readFileChecked(path, MAX_WEIGHTS_BYTES, 'Check the path.'), path);
}
