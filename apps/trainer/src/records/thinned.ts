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
  #open: Item[] = [];
  #stretch = 1;

  /**
   * @param most how many items stay, even
   * @param merge one item for several, in order
   */
  constructor(most: number, merge: (stretch: readonly Item[]) => Item) {
    this.#most = most;
    this.#merge = merge;
  }

  push(item: Item): void {
    this.#open.push(item);
    if (this.#open.length < this.#stretch) return;
    this.#done.push(this.#merge(this.#open));
    this.#open = [];
    if (this.#done.length < this.#most) return;
    const pairs = this.#done.length / 2;
    for (let i = 0; i < pairs; i++) this.#done[i] = this.#merge(this.#done.slice(2 * i, 2 * i + 2));
    this.#done.length = pairs;
    this.#stretch *= 2;
  }

  items(): Item[] {
    return this.#open.length > 0 ? [...this.#done, this.#merge(this.#open)] : [...this.#done];
  }
}
