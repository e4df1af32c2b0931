/** Preloaded by the soak: every five seconds, collects all garbage, and notes the minutes since the beginning and the megabytes that are held. */
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const begin = performance.now();
  setInterval(() => {
    globalThis.gc();
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    const minutes = (performance.now() - begin) / 60_000;
    appendFileSync(process.env.HEAP_LOG, `${JSON.stringify([minutes, (heapUsed + external) / 2 ** 20])}\n`);
  }, 5000).unref();
}
