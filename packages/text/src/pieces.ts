import { showCount } from './show.ts';
import { TextError } from './text-error.ts';
import type { TokenizerKind } from './tokenizer.ts';
import { isSeparator } from './word-tokenizer.ts';

/** No text goes on for so many characters without a place to cut it at. */
const LONGEST_PIECE = 2 ** 24;

/**
 * Joins the chunks in which a text arrives to pieces that can be cut into tokens one by one, with the same tokens as the
 * text as a whole. What no later chunk can change comes out at once, the rest waits.
 */
export class Pieces {
  readonly #lastCut: (chunk: string, before: string) => number;
  #held: string[] = [];
  #heldLength = 0;
  #last = '';

  constructor(kind: TokenizerKind) {
    this.#lastCut = lastCuts[kind];
  }

  /** @throws {TextError} if nothing could be cut for 16,777,216 characters */
  add(chunk: string): string {
    if (chunk === '') return '';
    const cut = this.#lastCut(chunk, this.#last);
    const piece = cut < 0 ? '' : this.#take(chunk.slice(0, cut));
    const rest = cut < 0 ? chunk : chunk.slice(cut);
    this.#held.push(rest);
    this.#heldLength += rest.length;
    this.#last = chunk.slice(-1);
    if (this.#heldLength > LONGEST_PIECE) {
      throw new TextError(
        `expected white space in ${showCount(LONGEST_PIECE)} characters of text, got none. Use characters as tokens.`,
      );
    }
    return piece;
  }

  /** What is left at the end of the text. */
  end(): string {
    this.#last = '';
    return this.#take('');
  }

  #take(end: string): string {
    const piece = this.#held.join('') + end;
    this.#held = [];
    this.#heldLength = 0;
    return piece;
  }
}

/** The last place in a chunk to cut at, -1 if there is none. The character before the chunk may matter too. */
const lastCuts: Record<TokenizerKind, (chunk: string, before: string) => number> = {
  word(chunk) {
    let cut = chunk.length;
    while (cut > 0 && !isSeparator(chunk.charCodeAt(cut - 1))) cut--;
    return cut > 0 ? cut : -1;
  },
  char(chunk) {
    const isHalf = /[\uD800-\uDBFF]$/.test(chunk);
    return chunk.length - (isHalf ? 1 : 0);
  },
  // White space belongs to what follows it, and no pattern looks beyond the first of it.
  bpe: (chunk, before) => lastCutBeforeSpace(chunk, before, /[^\s\x85]/),
  // Some patterns of others take a newline along with the signs before it, but none with letters.
  huggingface: (chunk, before) => lastCutBeforeSpace(chunk, before, /[\p{L}\p{N}]/u),
};

function lastCutBeforeSpace(chunk: string, before: string, isEnd: RegExp): number {
  for (let cut = chunk.length - 1; cut >= 0; cut--) {
    if (isSeparator(chunk.charCodeAt(cut)) && isEnd.test(cut > 0 ? chunk[cut - 1] : before)) return cut;
  }
  return -1;
}
