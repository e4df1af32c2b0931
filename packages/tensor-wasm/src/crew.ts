import { StateError } from '@unroll/tensor';
import type { Kernels } from './kernels.ts';

/** A thread beside the calling one. */
export interface CrewMember {
  stop(): void;
  /** What ended it, if it has ended with an error. */
  readonly failure?: string | undefined;
}

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

  /** The calling thread counts. */
  get threads(): number {
    return this.#workers.length + 1;
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
    let since = 0;
    while (done < chunks) {
      since ||= Date.now();
      const now = this.#kernels.awaitDone(chunks, 1_000_000);
      if (now > done) since = 0;
      else if (Date.now() - since > this.#patience) {
        this.#broken = true;
        throw this.#brokenError();
      }
      done = now;
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
