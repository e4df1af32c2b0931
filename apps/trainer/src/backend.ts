import { type Backend, ReferenceBackend } from '@unroll/tensor';
import { WasmBackend } from '@unroll/tensor-wasm';
import { UsageError } from './exit-code.ts';

/** What `--backend` may name. */
export const backendNames = ['auto', 'wasm', 'reference'] as const;
export type BackendName = (typeof backendNames)[number];

export interface BackendOptions {
  backend: BackendName;
  threads?: number;
}

export interface ChosenBackend {
  readonly backend: Backend;
  /** What was taken, in words for people: `wasm, relaxed SIMD, 2 threads`. */
  readonly description: string;
}

/** The fastest backend that there is here, or the one asked for. */
export async function chooseBackend({ backend: name, threads }: BackendOptions): Promise<ChosenBackend> {
  if (name === 'reference') {
    if (threads !== undefined && threads !== 1) {
      throw new UsageError(
        `--threads ${threads}: the reference backend has one thread; leave it out, or take --backend wasm`,
      );
    }
    return { backend: new ReferenceBackend(), description: 'reference, one thread' };
  }
  try {
    const backend = await WasmBackend.create({ threads });
    const simd = backend.relaxedSimd ? 'relaxed SIMD' : 'SIMD without fused multiply-add';
    const count = backend.threads === 1 ? 'one thread' : `${backend.threads} threads`;
    return { backend, description: `wasm, ${simd}, ${count}` };
  } catch (error) {
    if (name === 'wasm' || threads !== undefined) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return { backend: new ReferenceBackend(), description: `reference, one thread (no wasm: ${reason})` };
  }
}
