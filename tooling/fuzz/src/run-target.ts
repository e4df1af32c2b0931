import { Worker } from 'node:worker_threads';
import type { Done, Job } from './worker.ts';

/** A parser that has been at one input for so long will not come back. */
const MOST_SILENCE = 20_000;
/** A heap that grows beyond this has a leak, or one input took it all. */
const MOST_HEAP_MB = 512;
/** As on the main thread, so that recursion without end shows as it would there. */
const STACK_MB = 1;

/** Runs the executions of one parser in a worker, which can be ended if it hangs, and may run out of memory alone. */
export function runTarget(options: Omit<Job, 'progress'>): Promise<Done> {
  const progress = new SharedArrayBuffer(4);
  const counter = new Int32Array(progress);
  const workerData: Job = { ...options, progress };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB, stackSizeMb: STACK_MB },
  });
  const start = performance.now();
  const found = (problem: string): Done => {
    const i = Atomics.load(counter, 0);
    return {
      accepted: 0,
      refused: 0,
      seconds: (performance.now() - start) / 1000,
      grownBytes: 0,
      finding: { execution: options.first + i, problem },
    };
  };
  return new Promise((resolve) => {
    let [seen, silence] = [-1, 0];
    const every = 500;
    const watch = setInterval(() => {
      const now = Atomics.load(counter, 0);
      silence = now === seen ? silence + every : 0;
      seen = now;
      if (silence > MOST_SILENCE) end(found(`it has not come back for ${MOST_SILENCE / 1000} s`));
    }, every);
    const end = (done: Done): void => {
      clearInterval(watch);
      resolve(done);
      void worker.terminate();
    };
    worker.once('message', end);
    worker.once('error', (error) => end(found(`the worker died: ${error.stack ?? error}`)));
  });
}
