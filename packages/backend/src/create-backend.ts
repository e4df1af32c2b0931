import type { Backend } from '@unroll/tensor';
import { type BackendOptions, chooseBackend } from './choose-backend.ts';

/**
 * The fastest backend that works here, or the one asked for.
 *
 *     const backend = await createBackend();
 *
 * @throws StateError if the one asked for does not work here
 * @throws ValueError if there is none of this name, or threads is not a whole number from 1
 */
export async function createBackend(options: BackendOptions = {}): Promise<Backend> {
  return (await chooseBackend(options)).backend;
}
