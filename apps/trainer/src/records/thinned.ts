/**
 * A list of any length in a few thousand items, for drawing: each stands for a stretch of as many items, all of the same
 * number. Whenever there are `most`, neighbours are merged into one, and stretches are twice as long from then on. So memory
 * is bounded, nothing need be known of what is to come, and there are at least `most / 2` once there were so many; the last
 * stretch may be a shorter one.
 */
export class Thinned<Item> {
  readonly #most: number;
  readonly #merge: (stretch: readonly Item[]) => Item;
  readonly #done: Item[] = [];
  /** What is to become the next stretch, as the digits of a binary number: one item for 1, 2, 4, … of them, or none. */
  #open: (Item | undefined)[] = [];
  /** A stretch is of 2 to this power. */
  #level = 0;

  /**
   * @param most how many items stay, even
   * @param merge one item for two that stand for as many each, or for a shorter one at the end, in order
   */
  constructor(most: number, merge: (stretch: readonly Item[]) => Item) {
    this.#most = most;
    this.#merge = merge;
  }

  push(item: Item): void {
    let merged = item;
    for (let level = 0; level < this.#level; level++) {
      const before = this.#open[level];
      if (before === undefined) {
        this.#open[level] = merged;
        return;
      }
      this.#open[level] = undefined;
      merged = this.#merge([before, merged]);
    }
    this.#done.push(merged);
    if (this.#done.length < this.#most) return;
    const pairs = this.#done.length / 2;
    for (let i = 0; i < pairs; i++) this.#done[i] = this.#merge(this.#done.slice(2 * i, 2 * i + 2));
    this.#done.length = pairs;
    this.#level++;
  }

  items(): Item[] {
    const rest = this.#open.filter((item) => item !== undefined).reverse();
    return rest.length > 0 ? [...this.#done, this.#merge(rest)] : [...this.#done];
  }
}
