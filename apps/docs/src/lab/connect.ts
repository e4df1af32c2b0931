import { type Remote, wrap } from 'comlink';
import type { LabWorkerApi } from './worker.ts';

/** What an answer becomes that will not come any more: nothing that anybody should be told of. */
export class Closed extends Error {
  constructor() {
    super('');
    this.name = 'Closed';
  }
}

export interface Connection {
  readonly lab: Remote<LabWorkerApi>;
  /** Rejects when there will be no more answers: with Closed, or with why the worker could not go on. */
  readonly ended: Promise<never>;
  /** Ends the worker, whatever it does. */
  close(): void;
}

/** A worker of its own, in which a model is trained. */
export function connect(): Connection {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  let reject: (reason: Error) => void = () => {};
  const ended = new Promise<never>((_, rejects) => {
    reject = rejects;
  });
  ended.catch(() => {}); // whoever waits for an answer is told
  worker.addEventListener('error', (event) => {
    reject(
      new Error(event.message || 'the worker of this page could not be loaded; is the connection gone?'),
    );
  });
  return {
    lab: wrap<LabWorkerApi>(worker),
    ended,
    close: () => {
      worker.terminate();
      reject(new Closed());
    },
  };
}
