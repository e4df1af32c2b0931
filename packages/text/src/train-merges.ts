import { byteLetters } from './byte-letters.ts';
import { Heap } from './heap.ts';
import { pairKey } from './pair-key.ts';
import { encodeUtf8 } from './utf8.ts';

/** Two tokens that stand side by side. */
interface Pair {
  readonly left: number;
  readonly right: number;
  /** How often the pair stands in the text. */
  count: number;
  /** Where it stood when it came up, in the words laid end to end; some of these places are out of date. */
  places: number[];
}

/** A pair with the count that it had when it was queued: at least the one that it has now. */
interface Queued {
  readonly pair: Pair;
  readonly count: number;
}

export interface Merges {
  /** By id: the bytes' letters first. */
  readonly tokens: string[];
  /** Left and right, the earliest first. */
  readonly merges: [left: number, right: number][];
}

/**
 * Learns byte-pair merges (Sennrich et al. 2016): again and again the pair that stands most often in the text becomes a
 * token, until there are `vocabSize` tokens or no pair stands there twice. Of equally frequent pairs the one whose left id
 * is lower goes first, then the one whose right id is.
 *
 * Only what a merge changes is counted anew: the words are lists of tokens, linked in both directions, and each pair knows
 * the places where it stands.
 */
export function trainMerges(
  words: Iterable<readonly [word: string, count: number]>,
  vocabSize: number,
): Merges {
  const tokens = [...byteLetters].sort();
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const { symbols, next, previous, counts } = layOut(words, ids);
  const pairs = new Map<number, Pair>();
  const queue = new Heap<Queued>(comesBefore);

  /** Counts the pair at this place, or with a negative count no longer. */
  function count(place: number, times: number): Pair {
    const [left, right] = [symbols[place], symbols[next[place]]];
    const key = pairKey(left, right);
    const pair = pairs.get(key) ?? { left, right, count: 0, places: [] };
    if (pair.places.length === 0) pairs.set(key, pair);
    pair.count += times;
    if (times > 0) pair.places.push(place);
    return pair;
  }

  for (let place = 0; place < symbols.length; place++) if (next[place] >= 0) count(place, counts[place]);
  for (const pair of pairs.values()) queue.add({ pair, count: pair.count });

  const merges: Merges['merges'] = [];
  for (let top = queue.take(); top && tokens.length < vocabSize; top = queue.take()) {
    const { pair } = top;
    if (pair.count < 2) continue;
    if (pair.count < top.count) {
      queue.add({ pair, count: pair.count });
      continue;
    }
    // Two ways may lead to the same token: ab + c and a + bc.
    const token = tokens[pair.left] + tokens[pair.right];
    const id = ids.get(token) ?? tokens.push(token) - 1;
    ids.set(token, id);
    merges.push([pair.left, pair.right]);
    merge(pair, id);
  }
  return { tokens, merges };

  function merge({ left, right, places }: Pair, id: number): void {
    const grown = new Set<Pair>();
    // From left to right, since of three equal tokens in a row the first two are merged.
    for (const place of places.sort((a, b) => a - b)) {
      const second = next[place];
      if (symbols[place] !== left || second < 0 || symbols[second] !== right) continue;
      const [before, after, times] = [previous[place], next[second], counts[place]];
      if (before >= 0) count(before, -times);
      count(place, -times);
      if (after >= 0) count(second, -times);
      symbols[place] = id;
      symbols[second] = GONE;
      next[place] = after;
      if (after >= 0) previous[after] = place;
      if (before >= 0) grown.add(count(before, times));
      if (after >= 0) grown.add(count(place, times));
    }
    pairs.delete(pairKey(left, right));
    for (const pair of grown) queue.add({ pair, count: pair.count });
  }
}

/** The symbol of a place whose token was merged into the one before it. */
const GONE = -1;

function comesBefore({ count, pair }: Queued, other: Queued): boolean {
  if (count !== other.count) return count > other.count;
  if (pair.left !== other.pair.left) return pair.left < other.pair.left;
  return pair.right < other.pair.right;
}

/** All words end to end, byte by byte: the symbol at each place, the places beside it (or -1), and its word's count. */
function layOut(
  words: Iterable<readonly [word: string, count: number]>,
  ids: ReadonlyMap<string, number>,
): {
  symbols: Int32Array;
  next: Int32Array;
  previous: Int32Array;
  counts: Float64Array;
} {
  const parts = Array.from(words, ([word, count]) => ({ bytes: encodeUtf8(word), count }));
  const length = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const idOfByte = byteLetters.map((letter) => ids.get(letter) ?? 0);
  const symbols = new Int32Array(length);
  const next = Int32Array.from(symbols, (_, place) => place + 1);
  const previous = Int32Array.from(symbols, (_, place) => place - 1);
  const counts = new Float64Array(length);
  let start = 0;
  for (const { bytes, count } of parts) {
    const end = start + bytes.length;
    for (const [i, byte] of bytes.entries()) symbols[start + i] = idOfByte[byte];
    counts.fill(count, start, end);
    if (end > start) [previous[start], next[end - 1]] = [-1, -1];
    start = end;
  }
  return { symbols, next, previous, counts };
}
