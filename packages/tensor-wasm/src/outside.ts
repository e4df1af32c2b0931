/**
 * out (M, N) = a (M, K) @ b (K, N), or += with `accumulate`, of 32-bit floats. Addresses are in bytes from the beginning of the
 * memory. All matrices lie row after row, so many numbers apart; a transposed one is stored as its transpose. Flags are 0 or 1.
 */
export type Gemm = (
  aTransposed: number,
  bTransposed: number,
  M: number,
  N: number,
  K: number,
  a: number,
  aStride: number,
  b: number,
  bStride: number,
  accumulate: number,
  out: number,
  outStride: number,
) => void;

/** Large products handed to a library outside of WebAssembly, such as the machine's BLAS, by every thread for itself. */
export interface OutsideProducts {
  /** What the backend is called. */
  readonly name: string;
  /** The URL of a module that exports `openGemm`, which each thread imports. */
  readonly module: string;
  /** Handed to `openGemm`, so it must be data that a worker can be sent. */
  readonly options: unknown;
  /** Products of fewer multiplications stay in WebAssembly; 8e6 by default. */
  readonly least?: number;
}

/** A WebAssembly.Memory, of which only this is needed. Where it grows, its buffer is another one afterwards. */
export interface TensorMemory {
  readonly buffer: ArrayBufferLike;
}

/** What the module exports. */
export type OpenGemm = (memory: TensorMemory, options: unknown) => Gemm;
