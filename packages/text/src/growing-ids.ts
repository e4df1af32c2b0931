import type { TokenIds } from './token-ids.ts';

/** By how much the room for ids grows: where the length of the whole text is known, and where it is not. */
const [SPARE, LEAST_GROWTH, BLIND_GROWTH] = [1.02, 1.125, 1.5];

/** The ids of a text that comes piece by piece. */
export class GrowingIds {
  #ids: TokenIds = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /**
   * @param ids each from 0 to below `size`
   * @param share how much of the text these ids and those before make up, if anybody knows: so that room is made once for
   *   all of it, and a long text is hardly ever copied
   */
  append(ids: ArrayLike<number>, size: number, share?: number): void {
    const length = this.#length + ids.length;
    const known = this.#ids;
    if (length > known.length || bytesPerId(size) > known.BYTES_PER_ELEMENT) {
      const wanted = share
        ? Math.max((length / share) * SPARE, known.length * LEAST_GROWTH)
        : length * BLIND_GROWTH;
      // A file that grows while it is read is more than anybody knew.
      const capacity = length > known.length ? Math.ceil(Math.max(wanted, length)) : known.length;
      this.#ids = newIds(Math.max(bytesPerId(size), known.BYTES_PER_ELEMENT), capacity);
      this.#ids.set(known.subarray(0, this.#length));
    }
    this.#ids.set(ids, this.#length);
    this.#length = length;
  }

  /** All ids, of a vocabulary of this size: a view, in the narrowest type for it. */
  toIds(size: number): TokenIds {
    const ids = this.#ids.subarray(0, this.#length);
    if (bytesPerId(size) === ids.BYTES_PER_ELEMENT) return ids;
    const fitting = newIds(bytesPerId(size), ids.length);
    fitting.set(ids);
    return fitting;
  }

  /** Puts `renumbered[id]` in the place of each id. */
  renumber(renumbered: Int32Array): void {
    const ids = this.#ids;
    for (let i = 0; i < this.#length; i++) ids[i] = renumbered[ids[i]];
  }

  /**
   * Puts several ids in the place of each: of id `i` those of `parts` from `starts[i]` to `starts[i + 1]`.
   *
   * @param counts how often each id occurs
   */
  expanded(parts: TokenIds, starts: Float64Array, counts: Float64Array): TokenIds {
    const length = counts.reduce((sum, count, id) => sum + count * (starts[id + 1] - starts[id]), 0);
    const expanded = newIds(parts.BYTES_PER_ELEMENT, length);
    const ids = this.#ids;
    let at = 0;
    for (let i = 0; i < this.#length; i++) {
      for (let part = starts[ids[i]]; part < starts[ids[i] + 1]; part++) expanded[at++] = parts[part];
    }
    return expanded;
  }

  /** How often each id below `size` occurs. */
  counts(size: number): Float64Array {
    return countIds(this.#ids.subarray(0, this.#length), size);
  }
}

/** How often each id below `size` occurs. */
export function countIds(ids: TokenIds, size: number): Float64Array {
  const counts = new Float64Array(size);
  for (let i = 0; i < ids.length; i++) counts[ids[i]]++;
  return counts;
}

function bytesPerId(size: number): number {
  return size <= 0x100 ? 1 : size <= 0x10000 ? 2 : 4;
}

function newIds(bytes: number, length: number): TokenIds {
  return bytes === 1
    ? new Uint8Array(length)
    : bytes === 2
      ? new Uint16Array(length)
      : new Int32Array(length);
}
