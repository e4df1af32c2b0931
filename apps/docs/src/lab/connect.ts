import { type Remote, wrap } from 'comlink';
import { carryProblems } from './carry-problems.ts';
import { LabError } from './problem.ts';
import type { LabWorkerApi } from './worker.ts';

carryProblems();

/** What an answer becomes that will not come any more: nothing that anybody should be told of. */
export class Closed extends Error {
  constructor() {
    super('');
    this.name = 'Closed';
  }
}

export interface Connection {
  readonly lab: Remote<LabWorkerApi>;
  /** @throws Closed, or why the worker could not go on, when there will be no answer any more */
  ask<T>(question: (lab: Remote<LabWorkerApi>) => Promise<T>): Promise<T>;
  /** Ends the worker, whatever it does. */
  close(): void;
}

/**
 * A worker of its own, in which a model is trained.
 * @param failed is told when it has come to an end by itself; another one may do better
 */
export function connect(failed: (reason: Error) => void): Connection {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const lab = wrap<LabWorkerApi>(worker);
  /** Of those who wait for an answer. */
  const waiting = new Set<(reason: Error) => void>();
  let over: Error | undefined;
  const end = (reason: Error): void => {
    over = reason;
    worker.terminate();
    for (const reject of waiting) reject(reason);
    waiting.clear();
  };
  worker.addEventListener('error', (event) => {
    const reason = event.message ? new Error(event.message) : new LabError({ name: 'noWorker', values: {} });
    end(reason);
    failed(reason);
  });
  return {
    lab,
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (over) {
          reject(over);
          return;
        }
        waiting.add(reject);
        question(lab)
          .then(resolve, reject)
          .finally(() => waiting.delete(reject));
      }),
    close: () => end(new Closed()),
  };
}
