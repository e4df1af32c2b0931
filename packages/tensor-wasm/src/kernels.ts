import type { Gemm } from './outside.ts';

/** What a compiled module exports. */
export interface Kernels {
  runAlone(operation: number, chunks: number): void;
  begin(operation: number, chunks: number): void;
  awaitDone(chunks: number, spins: number): number;
  work(thread: number): void;
  quit(): void;
  sumPartials(chunks: number): number;
  findBadId(ids: number, count: number, limit: number, ignore: number): number;
  countLabels(labels: number, count: number, ignore: number): number;
}

/** Everything that a compiled module imports. */
export function importsOf(memory: WebAssembly.Memory, gemm: Gemm = noGemm): WebAssembly.Imports {
  return {
    env: {
      memory,
      gemm,
      abort: () => {
        throw new Error('WasmBackend: a kernel gave up');
      },
    },
  };
}

function noGemm(): never {
  throw new Error('WasmBackend: there are no products outside');
}
