import { byteLetters, bytesOfLetters } from './byte-letters.ts';
import { Heap } from './heap.ts';
import { ownCopy } from './own-copy.ts';
import { pairKey } from './pair-key.ts';
import { Pieces } from './pieces.ts';
import { splitForBpe } from './split-for-bpe.ts';
import { TextError } from './text-error.ts';
import { joinStream, type TextStream } from './text-stream.ts';
import type { Tokenizer } from './tokenizer.ts';
import { parseTokenizerJson, type TokenizerJson, toTokenizerJson } from './tokenizer-json.ts';
import { type Merges, trainMerges } from './train-merges.ts';
import { createUtf8Decoder, encodeUtf8 } from './utf8.ts';
import { Vocabulary } from './vocabulary.ts';

export interface BpeTrainingOptions {
  /** The most tokens, 256 bytes among them; there are fewer if too little in the text repeats. */
  readonly vocabSize?: number;
}

/** The longest word whose tokens are kept for the next time, in UTF-16 units, and how many words are. */
const LONGEST_CACHED = 64;
const MOST_CACHED = 2 ** 16;

/** More than the places in a word, which are counted in bytes. */
const PLACES = 2 ** 31;

/**
 * Byte pairs: a token is a byte, or several that often stand together (Sennrich et al. 2016; on bytes, Radford et al.
 * 2019). Hence no text has anything unknown in it, and every text comes back the same, but for halves of surrogate pairs:
 * UTF-8 does not know them, they become U+FFFD.
 *
 * Tokens are written in GPT-2's letters for bytes, in which a space is `Ġ` and a newline `Ċ`.
 */
export class BpeTokenizer implements Tokenizer {
  readonly kind = 'bpe';
  readonly vocabulary: Vocabulary;
  /** Nothing is unknown. */
  readonly unknownId: undefined = undefined;
  readonly #merges: Merges['merges'];
  /** Of each pair its place among the merges. */
  readonly #ranks: ReadonlyMap<number, number>;
  /** Of each merge the token that comes of it. */
  readonly #merged: readonly number[];
  readonly #idOfByte: readonly number[];
  /** Of each token, once it was needed. */
  readonly #bytes: Uint8Array[] = [];
  readonly #cache = new Map<string, Int32Array>();

  private constructor({ tokens, merges }: Merges) {
    const idOf = (token: string): number => this.vocabulary.id(token) ?? -1;
    this.vocabulary = Vocabulary.fromTokens(tokens);
    this.#merges = merges;
    this.#ranks = new Map(merges.map(([left, right], rank) => [pairKey(left, right), rank]));
    this.#merged = merges.map(([left, right]) => idOf(tokens[left] + tokens[right]));
    this.#idOfByte = byteLetters.map(idOf);
  }

  /**
   * Learns from a text, from the chunks that make up a text, or from words and how often each occurs. The same text gives
   * the same tokenizer, however it is cut into chunks.
   *
   * @throws {TextError} if `vocabSize` is not an integer of at least 256
   */
  static train(
    text: string | Iterable<string> | ReadonlyMap<string, number>,
    { vocabSize = 4096 }: BpeTrainingOptions = {},
  ): BpeTokenizer {
    checkBpeSize(vocabSize);
    const counts = isWordCounts(text) ? text : countWords(typeof text === 'string' ? [text] : text);
    return new BpeTokenizer(trainMerges(counts, vocabSize));
  }

  /**
   * The tokenizer of a `tokenizer.json` in Hugging Face's format, of unknown origin.
   *
   * @throws {TextError} if it does not describe byte pairs in words as GPT-2 cuts them, or anything besides
   */
  static fromJSON(value: unknown): BpeTokenizer {
    return new BpeTokenizer(parseTokenizerJson(value));
  }

  /** The value of a `tokenizer.json` in Hugging Face's format, so that `JSON.stringify` takes a tokenizer as it is. */
  toJSON(): TokenizerJson {
    return toTokenizerJson(this.vocabulary.tokens, this.#merges);
  }

  encode(text: string): Int32Array {
    let ids = new Int32Array(text.length);
    let count = 0;
    for (const word of splitForBpe(text)) {
      const part = this.encodeWord(word);
      if (count + part.length > ids.length) {
        const longer = new Int32Array(2 * (count + part.length));
        longer.set(ids);
        ids = longer;
      }
      for (let i = 0; i < part.length; i++) ids[count++] = part[i];
    }
    return ids.slice(0, count);
  }

  /** Bytes that are not UTF-8, as a cut through a character leaves them, become U+FFFD. */
  decode(ids: ArrayLike<number>): string {
    return joinStream(this.stream(), ids);
  }

  stream(): TextStream {
    const decoder = createUtf8Decoder();
    return {
      next: (id) => decoder.decode(this.#bytesOf(id), { stream: true }),
      end: () => decoder.decode(),
    };
  }

  /** The tokens of one word, within which bytes are merged; not to be changed. @internal */
  encodeWord(word: string): Int32Array {
    const known = this.#cache.get(word);
    if (known !== undefined) return known;
    const ids = this.#merge(encodeUtf8(word));
    if (word.length <= LONGEST_CACHED) {
      if (this.#cache.size === MOST_CACHED) this.#cache.clear();
      this.#cache.set(ownCopy(word), ids);
    }
    return ids;
  }

  /** Merges the pair that was learnt first, the leftmost of several, until no pair is left that was learnt. */
  #merge(bytes: Uint8Array): Int32Array {
    const { length } = bytes;
    const [symbols, next, previous] = [
      new Int32Array(length),
      new Int32Array(length),
      new Int32Array(length),
    ];
    for (let place = 0; place < length; place++) {
      symbols[place] = this.#idOfByte[bytes[place]];
      next[place] = place + 1;
      previous[place] = place - 1;
    }
    const rankAt = (place: number): number | undefined =>
      next[place] < length ? this.#ranks.get(pairKey(symbols[place], symbols[next[place]])) : undefined;
    const queue = new Heap<number>((a, b) => a < b); // Rank and place in one number.
    const enqueue = (place: number): void => {
      const rank = rankAt(place);
      if (rank !== undefined) queue.add(rank * PLACES + place);
    };
    for (let place = 0; place < length; place++) enqueue(place);
    let count = length;
    for (let first = queue.take(); first !== undefined; first = queue.take()) {
      const place = first % PLACES;
      const rank = (first - place) / PLACES;
      const second = next[place];
      if (symbols[place] < 0 || rankAt(place) !== rank) continue; // What stood here was merged otherwise.
      symbols[place] = this.#merged[rank];
      symbols[second] = -1;
      next[place] = next[second];
      if (next[place] < length) previous[next[place]] = place;
      if (previous[place] >= 0) enqueue(previous[place]);
      enqueue(place);
      count--;
    }
    const ids = new Int32Array(count);
    for (let i = 0, place = 0; i < count; i++, place = next[place]) ids[i] = symbols[place];
    return ids;
  }

  #bytesOf(id: number): Uint8Array {
    this.#bytes[id] ??= bytesOfLetters(this.vocabulary.token(id)) ?? new Uint8Array(0);
    return this.#bytes[id];
  }
}

/** @throws {TextError} */
export function checkBpeSize(vocabSize: number): void {
  if (!Number.isSafeInteger(vocabSize) || vocabSize < 256) {
    throw new TextError(
      `BpeTokenizer.train: expected vocabSize to be an integer of at least 256, one for each byte, got ${vocabSize}`,
    );
  }
}

function isWordCounts(text: Iterable<unknown>): text is ReadonlyMap<string, number> {
  return text instanceof Map;
}

function countWords(chunks: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  const pieces = new Pieces('bpe');
  const count = (piece: string): void => {
    for (const word of splitForBpe(piece)) {
      const known = counts.get(word);
      counts.set(known === undefined ? ownCopy(word) : word, (known ?? 0) + 1);
    }
  };
  for (const chunk of chunks) count(pieces.add(chunk));
  count(pieces.end());
  return counts;
}
