import { type Backend, ReferenceBackend, StateError, ValueError } from '@unroll/tensor';
import { WasmBackend } from '@unroll/tensor-wasm';

/** What `backend` may name; `auto` takes the first of the others that works here. */
export const backendNames = ['auto', 'blas', 'wasm', 'reference'] as const;
export type BackendName = (typeof backendNames)[number];

export interface BackendOptions {
  backend?: BackendName;
  /** How many threads compute; by default one for each core, or one where memory cannot be shared. */
  threads?: number;
}

export interface ChosenBackend {
  readonly backend: Backend;
  /** What was taken, and why nothing faster, in words for people: `wasm, relaxed SIMD, 2 threads (no BLAS was found)`. */
  readonly description: string;
}

/**
 * The fastest backend that works here, or the one asked for, and what to tell people about it.
 *
 * @throws StateError if the one asked for does not work here
 * @throws ValueError if there is none of this name, or threads is not a whole number from 1, or more than 1 where memory cannot be shared
 */
export async function chooseBackend({
  backend = 'auto',
  threads,
}: BackendOptions = {}): Promise<ChosenBackend> {
  switch (backend) {
    case 'blas':
      return chooseBlas(threads);
    case 'wasm':
      return chooseWasm(threads);
    case 'reference':
      return chooseReference(threads);
    case 'auto':
      return chooseFastest(threads);
    default:
      throw new ValueError(`createBackend: expected one of ${backendNames.join(', ')}, got ${backend}`);
  }
}

async function chooseFastest(threads: number | undefined): Promise<ChosenBackend> {
  let reason = '';
  if (isNode) {
    try {
      return await chooseBlas(threads);
    } catch (error) {
      if (!StateError.isInstance(error)) throw error;
      reason = reasonOf(error);
    }
  }
  try {
    const { backend, description } = await chooseWasm(threads);
    return { backend, description: reason ? `${description} (${reason})` : description };
  } catch (error) {
    if (!StateError.isInstance(error) || (threads ?? 1) > 1) throw error;
    const { backend, description } = chooseReference(undefined);
    return { backend, description: `${description} (no wasm: ${error.message})` };
  }
}

/** In few words, why there is no BLAS; `unroll doctor` and the error itself have more. */
function reasonOf(error: StateError): string {
  const named = surroundings.process?.env?.UNROLL_BLAS;
  if (named) return `UNROLL_BLAS=${named} cannot be used`;
  return error.message.startsWith('findBlas') ? 'no BLAS was found' : `no BLAS: ${error.message}`;
}

/** Only loaded where it is wanted, since it brings a native library. */
async function importBlas(): Promise<typeof import('@unroll/tensor-blas')> {
  try {
    return await import('@unroll/tensor-blas');
  } catch (error) {
    const detail = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new StateError(`createBackend: expected @unroll/tensor-blas to load, but: ${detail}`);
  }
}

async function chooseBlas(threads: number | undefined): Promise<ChosenBackend> {
  const { createBlasBackend, findBlas } = await importBlas();
  const { library, description } = findBlas();
  const backend = await createBlasBackend({ threads, library });
  return { backend, description: `blas, ${description}, ${threadsOf(backend)}` };
}

async function chooseWasm(threads: number | undefined): Promise<ChosenBackend> {
  const backend = await WasmBackend.create({ threads });
  const simd = backend.relaxedSimd ? 'relaxed SIMD' : 'SIMD without fused multiply-add';
  return { backend, description: `wasm, ${simd}, ${threadsOf(backend)}` };
}

function chooseReference(threads: number | undefined): ChosenBackend {
  if (threads !== undefined && threads !== 1) {
    throw new ValueError(
      `createBackend: expected one thread for the reference backend, got ${threads}; leave threads out, or take wasm`,
    );
  }
  return { backend: new ReferenceBackend(), description: 'reference, one thread' };
}

const threadsOf = ({ threads }: WasmBackend): string => (threads === 1 ? 'one thread' : `${threads} threads`);

interface Surroundings {
  readonly process?: {
    readonly versions?: { readonly node?: string };
    readonly env?: Readonly<Record<string, string | undefined>>;
  };
}

const surroundings = globalThis as unknown as Surroundings;
const isNode = surroundings.process?.versions?.node !== undefined;
