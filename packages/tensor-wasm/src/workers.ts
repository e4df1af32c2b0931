/** What a worker runs: the same module over the same memory, until it is told to quit. */
const source = `
const start = async ({ module, memory, thread, outside }) => {
  const gemm = outside ? (await import(outside.module)).openGemm(memory, outside.options) : () => {};
  const imports = { env: { memory, gemm, abort() { throw new Error('a kernel gave up'); } } };
  new WebAssembly.Instance(module, imports).exports.work(thread);
};
`;

import type { OutsideProducts } from './outside.ts';

export interface Worker {
  stop(): void;
}

interface NodeWorkers {
  Worker: new (
    source: string,
    options: { eval: boolean; workerData: unknown },
  ) => {
    unref(): void;
    terminate(): Promise<number>;
    on(event: string, listener: (value: never) => void): void;
  };
}

interface Surroundings {
  readonly process?: {
    getBuiltinModule?: (name: string) => unknown;
    readonly versions?: { readonly node?: string };
  };
  readonly crossOriginIsolated?: boolean;
  readonly Worker?: new (url: string) => { postMessage(value: unknown): void; terminate(): void };
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

/** A worker that works beside the calling thread and does not keep the process alive. */
export function startWorker(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  thread: number,
  outside?: OutsideProducts,
): Worker {
  const node = nodeWorkers();
  if (node) {
    const code = `${source} start(require('node:worker_threads').workerData);`;
    const worker = new node.Worker(code, { eval: true, workerData: { module, memory, thread, outside } });
    worker.unref();
    // Without a listener, an error in a worker ends the process. The calling thread notices by itself that it is missing.
    worker.on('error', () => {});
    return { stop: () => void worker.terminate() };
  }
  const { Blob, URL, Worker } = surroundings;
  if (!Worker) throw new Error('WasmBackend: there are no workers here; use { threads: 1 }');
  const url = URL.createObjectURL(
    new Blob([`${source} onmessage = ({ data }) => start(data);`], { type: 'text/javascript' }),
  );
  const worker = new Worker(url);
  worker.postMessage({ module, memory, thread, outside });
  URL.revokeObjectURL(url);
  return { stop: () => worker.terminate() };
}
