import { type Remote, wrap } from 'comlink';
import type { LabWorkerApi } from './worker.ts';

export interface Connection {
  readonly lab: Remote<LabWorkerApi>;
  /** Ends the worker, whatever it does. */
  close(): void;
}

/** A worker of its own, in which a model is trained. */
export function connect(): Connection {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return { lab: wrap<LabWorkerApi>(worker), close: () => worker.terminate() };
}
