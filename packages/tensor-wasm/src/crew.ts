import { StateError } from '@unroll/tensor';
import type { Kernels } from './kernels.ts';

/** A thread beside the calling one. */
export interface CrewMember {
  stop(): void;
  /** What ended it, if it has ended with an error. */
  readonly failure?: string | undefined;
}

/** Milliseconds of one waiting, at most: more has passed only where the whole process stood still. */
const LONGEST_WAIT = 100;

/** Runs calls of kernels on the calling thread and on workers beside it. */
export class Crew {
  readonly #kernels: Kernels;
  readonly #workers: readonly CrewMember[];
  readonly #patience: number;
  #broken = false;

  /** @param patience for how many milliseconds without any progress it waits before it takes a worker for dead */
  constructor(kernels: Kernels, workers: readonly CrewMember[], patience = 10_000) {
    this.#kernels = kernels;
    this.#workers = workers;
    this.#patience = patience;
  }

  /** The calling thread counts; those that have failed do not. */
  get threads(): number {
    return this.#workers.filter(({ failure }) => failure === undefined).length + 1;
  }

  /** Does all chunks of a call and returns when the last is done. */
  run(operation: number, chunks: number): void {
    if (chunks === 1 || this.#workers.length === 0) this.#kernels.runAlone(operation, chunks);
    else this.#runTogether(operation, chunks);
  }

  #runTogether(operation: number, chunks: number): void {
    if (this.#broken) throw this.#brokenError();
    this.#kernels.begin(operation, chunks);
    let done = this.#kernels.awaitDone(chunks, 1_000_000);
    let waited = 0;
    let last = performance.now();
    while (done < chunks) {
      const next = this.#kernels.awaitDone(chunks, 1_000_000);
      const now = performance.now();
      // A machine that slept has not waited.
      waited = next > done ? 0 : waited + Math.min(now - last, LONGEST_WAIT);
      if (waited > this.#patience) {
        this.#broken = true;
        throw this.#brokenError();
      }
      [done, last] = [next, now];
    }
  }

  #brokenError(): StateError {
    const reason = this.#workers.find(({ failure }) => failure !== undefined)?.failure;
    return new StateError(
      `WasmBackend: expected every thread to do its part, but one ${reason ? `ended (${reason})` : 'does not answer'}; make a new backend, with { threads: 1 } if it happens again`,
    );
  }

  dispose(): void {
    if (this.#workers.length > 0) this.#kernels.quit();
    for (const worker of this.#workers) worker.stop();
  }
}
