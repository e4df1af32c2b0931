import { StateError } from '@unroll/tensor';

function refuse(operation: string): never {
  throw new StateError(`${operation}: there is no BLAS in a browser; use WasmBackend`);
}

/** In a browser, all that there is to say. */
export async function createBlasBackend(): Promise<never> {
  return refuse('createBlasBackend');
}

/** In a browser, all that there is to say. */
export function findBlas(): never {
  return refuse('findBlas');
}
