import { WasmBackend } from '@unroll/tensor-wasm';
import { findBlas } from './find-blas.ts';
import type { GemmOptions } from './gemm.ts';

export interface BlasBackendOptions {
  /** The calling thread and so many less one beside it; by default one for each core. */
  threads?: number;
  /** Path or name of the library; by default what UNROLL_BLAS says, or else the machine's usual one. */
  library?: string;
  /** Products of fewer multiplications stay in WebAssembly; 8e6 by default. */
  least?: number;
}

/**
 * The WebAssembly backend, whose threads hand large products to the BLAS of the machine. Everything else, small products too,
 * stays in WebAssembly. The results are the same to the bit for any number of threads.
 *
 * @throws StateError where there is no BLAS that works, with what was tried
 */
export async function createBlasBackend({
  threads,
  library,
  least,
}: BlasBackendOptions = {}): Promise<WasmBackend> {
  const options: GemmOptions = { library: findBlas(library).library };
  return WasmBackend.create({ threads, outside: { name: 'blas', module: gemmModule(), options, least } });
}

/** The module beside this one that workers import: its source, or what it was built to. */
function gemmModule(): string {
  return new URL(import.meta.url.endsWith('.ts') ? './gemm.ts' : './gemm.js', import.meta.url).href;
}
