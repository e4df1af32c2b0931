/** In milliseconds, for threads to start. */
const PATIENCE = 10_000;
/** Below the tensors, where threads meet: two pages, in words. */
const WORDS = 32768;

export interface Watch {
  /** What made a worker give up. */
  readonly problems: readonly string[];
  /** Returns when so many threads sleep in the memory that the latest worker was given. @throws Error if they never do */
  expectAsleep(count: number): Promise<void>;
}

/**
 * Watches the workers that are made from now on. Without it nobody would notice one that never starts: the calling thread
 * does all that the others leave.
 */
export function watchWorkers(): Watch {
  const problems: string[] = [];
  let words: Int32Array | undefined;

  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('error', (event) => {
        event.preventDefault();
        problems.push(event.message || 'a script could not be loaded');
      });
    }

    override postMessage(message: { readonly memory: WebAssembly.Memory }): void {
      words = new Int32Array(message.memory.buffer, 0, WORDS);
      super.postMessage(message);
    }
  };

  return {
    problems,
    expectAsleep: async (count) => {
      if (count === 0) return;
      const begin = performance.now();
      let asleep = 0;
      while (performance.now() - begin < PATIENCE) {
        // Waking tells how many slept; they find nothing to do and sleep again.
        asleep = words ? words.reduce((sum, _, i, all) => sum + Atomics.notify(all, i), 0) : 0;
        if (asleep === count) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(
        `expected ${count} beside the calling one to sleep, got ${asleep} after ${PATIENCE / 1000} seconds`,
      );
    },
  };
}
