import type { Safetensors } from '../parse-safetensors.ts';
import { readWeights } from './read-weights.ts';

/**
 * Reads a safetensors file of at most 4 GiB.
 *
 * @throws CheckpointError where it cannot be read or is not valid
 */
export function readSafetensorsFile(path: string): Promise<Safetensors> {
  return readWeights(path, 'Check the path.');
}
