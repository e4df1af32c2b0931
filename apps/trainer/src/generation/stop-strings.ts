/** What may be written now, and whether that was the end. */
export interface Released {
  readonly text: string;
  readonly stopped: boolean;
}

/**
 * Ends a text before the first of some strings, however the text is cut into pieces: what could be the beginning of such
 * a string is kept back until it is clear. Of several strings, the one that is whole first counts.
 */
export class StopStrings {
  readonly #strings: readonly string[];
  #held = '';

  /** @param strings none of them empty */
  constructor(strings: readonly string[]) {
    this.#strings = strings;
  }

  push(piece: string): Released {
    const text = this.#held + piece;
    const stop = this.#firstIn(text);
    if (stop !== undefined) {
      this.#held = '';
      return { text: text.slice(0, stop), stopped: true };
    }
    const clear = text.length - this.#beginningAtTheEnd(text);
    this.#held = text.slice(clear);
    return { text: text.slice(0, clear), stopped: false };
  }

  /** What was kept back, when nothing comes any more. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  /** Where the string begins that ends first; of those that end together, the longest. */
  #firstIn(text: string): number | undefined {
    let [first, firstEnd]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const string of this.#strings) {
      const start = text.indexOf(string);
      const end = start + string.length;
      if (start < 0 || end > firstEnd || (end === firstEnd && first !== undefined && start > first)) continue;
      [first, firstEnd] = [start, end];
    }
    return first;
  }

  /** How many characters at the end of the text may be the beginning of a string. */
  #beginningAtTheEnd(text: string): number {
    let most = 0;
    for (const string of this.#strings) {
      for (let length = Math.min(string.length - 1, text.length); length > most; length--) {
        if (string.startsWith(text.slice(text.length - length))) most = length;
      }
    }
    return most;
  }
}
