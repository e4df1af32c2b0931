/** What a worker runs: the same module over the same memory, until it is told to quit. */
const source = `
const start = async ({ module, memory, thread, outside }, ready) => {
  const gemm = outside ? (await import(outside.module)).openGemm(memory, outside.options) : () => {};
  const imports = { env: { memory, gemm, abort() { throw new Error('a kernel gave up'); } } };
  const { work } = new WebAssembly.Instance(module, imports).exports;
  ready();
  work(thread);
};
`;

import type { CrewMember } from './crew.ts';
import type { OutsideProducts } from './outside.ts';

export interface Worker extends CrewMember {
  /** Resolves when it has loaded what it needs; rejects if it cannot. */
  readonly ready: Promise<void>;
}

interface NodeWorkers {
  Worker: new (
    source: string,
    options: { eval: boolean; workerData: unknown },
  ) => {
    unref(): void;
    terminate(): Promise<number>;
    on(event: 'message' | 'error', listener: (value: unknown) => void): void;
  };
}

interface Surroundings {
  readonly process?: {
    getBuiltinModule?: (name: string) => unknown;
    readonly versions?: { readonly node?: string };
  };
  readonly crossOriginIsolated?: boolean;
  readonly Worker?: new (
    url: string,
  ) => {
    postMessage(value: unknown): void;
    terminate(): void;
    onmessage: ((event: { readonly data: unknown }) => void) | null;
    onerror: ((event: { readonly message?: string }) => void) | null;
  };
  readonly URL: { createObjectURL(blob: unknown): string; revokeObjectURL(url: string): void };
  readonly Blob: new (parts: readonly string[], options: { type: string }) => unknown;
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

const surroundings = globalThis as unknown as Surroundings;

/** Node's worker_threads, without an import that a bundler would trip over. */
function nodeWorkers(): NodeWorkers | undefined {
  if (surroundings.process?.versions?.node === undefined) return undefined;
  return surroundings.process.getBuiltinModule?.('node:worker_threads') as NodeWorkers | undefined;
}

/** How many threads this place offers: one where memory cannot be shared. */
export function availableThreads(): number {
  if (typeof SharedArrayBuffer === 'undefined') return 1;
  const node = surroundings.process?.getBuiltinModule?.('node:os') as
    | { availableParallelism(): number }
    | undefined;
  if (nodeWorkers()) return node?.availableParallelism() ?? 1;
  return surroundings.crossOriginIsolated && surroundings.Worker
    ? (surroundings.navigator?.hardwareConcurrency ?? 1)
    : 1;
}

/** How many threads a backend takes if nobody says: one for each core, up to 16. */
export function defaultThreads(): number {
  return Math.min(availableThreads(), 16);
}

/** A worker that works beside the calling thread and does not keep the process alive. */
export function startWorker(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  thread: number,
  outside?: OutsideProducts,
): Worker {
  const node = nodeWorkers();
  if (node) {
    const code = `${source} const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
      start(workerData, () => parentPort.postMessage('ready')).catch((error) => { setImmediate(() => { throw error; }); });`;
    const worker = new node.Worker(code, { eval: true, workerData: { module, memory, thread, outside } });
    // Until it is ready it keeps the process alive, since somebody may wait for that; from then on it does not.
    if (!outside) worker.unref();
    let failure: string | undefined;
    const ready = new Promise<void>((resolve, reject) => {
      worker.on('message', () => {
        worker.unref();
        resolve();
      });
      // Without a listener, an error in a worker ends the process.
      worker.on('error', (error) => {
        failure = error instanceof Error ? error.message : String(error);
        reject(error);
      });
    });
    ready.catch(() => {}); // who does not wait for it is told when the thread is missed
    return {
      ready,
      get failure() {
        return failure;
      },
      stop: () => void worker.terminate(),
    };
  }
  const { Blob, URL, Worker } = surroundings;
  if (!Worker) throw new Error('WasmBackend: there are no workers here; use { threads: 1 }');
  const url = URL.createObjectURL(
    new Blob(
      [
        `${source} onmessage = ({ data }) => start(data, () => postMessage('')).catch((error) => postMessage(String(error)));`,
      ],
      { type: 'text/javascript' },
    ),
  );
  const worker = new Worker(url);
  let failure: string | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => {
      failure = reason;
      reject(new Error(reason));
    };
    worker.onmessage = ({ data }) => (data === '' ? resolve() : fail(String(data)));
    worker.onerror = ({ message }) => fail(message ?? 'it could not be loaded');
  });
  ready.catch(() => {});
  worker.postMessage({ module, memory, thread, outside });
  URL.revokeObjectURL(url);
  return {
    ready,
    get failure() {
      return failure;
    },
    stop: () => worker.terminate(),
  };
}
