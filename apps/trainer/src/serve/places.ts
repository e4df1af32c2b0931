/** No place is free, and as many wait as may. */
export class NoPlaceError extends Error {
  override readonly name = 'NoPlaceError';
}

interface Waiting {
  readonly count: number;
  readonly enter: () => void;
}

/** Places for texts that are written at the same time. As many texts again may wait, in the order in which they came. */
export class Places {
  readonly size: number;
  readonly #waiting = new Set<Waiting>();
  #active = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** Texts that have a place. */
  get active(): number {
    return this.#active;
  }

  /** Texts that wait for one. */
  get queued(): number {
    return [...this.#waiting].reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * Waits for places and takes them; who leaves while waiting, by the signal, is rejected with the signal's reason.
   * @param count up to the size
   * @returns gives them back
   * @throws NoPlaceError at once, if too many wait already
   */
  async take(count: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting.size > 0 || this.#active + count > this.size) await this.#wait(count, signal);
    else this.#active += count;
    return () => {
      this.#active -= count;
      this.#admit();
    };
  }

  #wait(count: number, signal: AbortSignal): Promise<void> {
    if (this.queued + count > this.size) {
      throw new NoPlaceError(`${this.#active} texts are being written, and ${this.queued} wait`);
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        reject(signal.reason);
        this.#admit(); // those behind may need fewer places
      };
      const waiting: Waiting = {
        count,
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', leave);
    });
  }

  /** Nobody overtakes: otherwise who needs many places might wait for ever. */
  #admit(): void {
    for (const waiting of this.#waiting) {
      if (this.#active + waiting.count > this.size) return;
      this.#waiting.delete(waiting);
      this.#active += waiting.count;
      waiting.enter();
    }
  }
}
