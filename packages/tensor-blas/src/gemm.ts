import type { Gemm, TensorMemory } from '@unroll/tensor-wasm';
import koffi from 'koffi';

/** What `openGemm` needs to know; a worker is sent it. */
export interface GemmOptions {
  /** As the system's loader takes it: a path, or a name that it searches for. */
  readonly library: string;
}

/** The library's functions that limit it to one thread, by the libraries that have them. */
const limits = [
  'void openblas_set_num_threads(int)',
  'void MKL_Set_Num_Threads(int)',
  'void bli_thread_set_num_threads(long)',
  'int BLASSetThreading(int)', // of Accelerate since macOS 15, where 1 means single-threaded
] as const;

const ROW_MAJOR = 101;
const AS_IT_IS = 111;
const TRANSPOSED = 112;

/** The product of single precision of the standard C interface, with numbers of 32 bits. */
export type Sgemm = (
  order: number,
  aTransposed: number,
  bTransposed: number,
  M: number,
  N: number,
  K: number,
  alpha: number,
  a: Float32Array,
  lda: number,
  b: Float32Array,
  ldb: number,
  beta: number,
  c: Float32Array,
  ldc: number,
) => void;

/** A library that was loaded. */
export interface OpenLibrary {
  readonly sgemm: Sgemm;
  /** What it says of itself, if it says anything: `OpenBLAS 0.3.21 …`. */
  readonly version: string | undefined;
}

/**
 * Loads a BLAS and limits it to one thread: our threads call it side by side, and its own would only take their processors.
 * @throws whatever the system's loader says, or that there is no cblas_sgemm
 */
export function openLibrary(library: string): OpenLibrary {
  const before = process.env.OPENBLAS_NUM_THREADS;
  // Read when the library is loaded; without it, OpenBLAS starts a thread for each processor.
  process.env.OPENBLAS_NUM_THREADS = '1';
  try {
    const loaded = koffi.load(library);
    const sgemm = loaded.func(
      'void cblas_sgemm(int, int, int, int, int, int, float, const void *, int, const void *, int, float, void *, int)',
    ) as unknown as Sgemm;
    for (const limit of limits) findFunction(loaded, limit)?.(1);
    const version = ['const char *openblas_get_config()', 'const char *bli_info_get_version_str()']
      .map((name) => findFunction(loaded, name)?.())
      .find((answer) => typeof answer === 'string');
    return { sgemm, version };
  } finally {
    if (before === undefined) delete process.env.OPENBLAS_NUM_THREADS;
    else process.env.OPENBLAS_NUM_THREADS = before;
  }
}

function findFunction(
  loaded: ReturnType<typeof koffi.load>,
  declaration: string,
): ((argument?: number) => unknown) | undefined {
  try {
    return loaded.func(declaration) as (argument?: number) => unknown;
  } catch {
    return undefined; // another library's
  }
}

/** Products on views of the memory in which all tensors lie; every thread opens it for itself. */
export function openGemm(memory: TensorMemory, options: unknown): Gemm {
  const { library } = options as GemmOptions;
  const { sgemm } = openLibrary(library);
  let floats = new Float32Array(memory.buffer);
  return (aTransposed, bTransposed, M, N, K, a, aStride, b, bStride, accumulate, out, outStride) => {
    if (floats.buffer !== memory.buffer) floats = new Float32Array(memory.buffer); // it has grown
    sgemm(
      ROW_MAJOR,
      aTransposed ? TRANSPOSED : AS_IT_IS,
      bTransposed ? TRANSPOSED : AS_IT_IS,
      M,
      N,
      K,
      1,
      floats.subarray(a >>> 2),
      aStride,
      floats.subarray(b >>> 2),
      bStride,
      accumulate,
      floats.subarray(out >>> 2),
      outStride,
    );
  };
}
