/** Draws that follow from a seed and the number of an execution, and nothing else: sfc32, Chris Doty-Humphrey's small fast counter. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, execution: number) {
    this.#a = seed | 0;
    this.#b = execution | 0;
    this.#c = Math.floor(execution / 2 ** 32) | 0;
    for (let round = 0; round < 12; round++) this.uint32();
  }

  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor((this.uint32() / 2 ** 32) * count);
  }

  /** Is it so, one time in `times`? */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }

  /** Small numbers far more often than large ones: mutants with one flaw get further than those with five. */
  few(most: number): number {
    let count = 1;
    while (count < most && this.oneIn(3)) count++;
    return count;
  }
}
