import { ownCopy } from './own-copy.ts';
import { showCount } from './show.ts';
import { TextError } from './text-error.ts';

/** The most entries of a Map in V8, and so of a vocabulary. */
const MOST_WORDS = 2 ** 24;

/**
 * Words with ids by first appearance. A word is looked up where it stands in a text: to cut it out first, as a Map needs it,
 * takes longer than all the rest.
 */
export class WordTable {
  readonly words: string[] = [];
  /** Open addressing: two numbers for each slot, one more than a word's id and the word's hash; or 0 and 0. */
  #slots = new Int32Array(2 * 1024);

  /** The id of the word from `start` to `end` of the text, or -1. */
  find(text: string, start: number, end: number): number {
    return this.#slots[this.#slotOf(text, start, end, hashOf(text, start, end))] - 1;
  }

  /** The same; a word that is new gets the next id. */
  findOrAdd(text: string, start: number, end: number): number {
    const hash = hashOf(text, start, end);
    const slot = this.#slotOf(text, start, end, hash);
    if (this.#slots[slot] > 0) return this.#slots[slot] - 1;
    if (this.words.length === MOST_WORDS) {
      throw new TextError(
        `Vocabulary: expected at most ${showCount(MOST_WORDS)} different words, got more. ` +
          'Use less text, or characters as tokens.',
      );
    }
    this.#slots[slot] = this.words.push(ownCopy(text.slice(start, end)));
    this.#slots[slot + 1] = hash;
    if (4 * this.words.length > this.#slots.length) this.#grow();
    return this.words.length - 1;
  }

  /** Where the word is, or where it belongs. */
  #slotOf(text: string, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = (2 * hash) & mask; ; slot = (slot + 2) & mask) {
      if (slots[slot] === 0) return slot;
      if (slots[slot + 1] === hash && isAt(this.words[slots[slot] - 1], text, start, end)) return slot;
    }
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(2 * old.length);
    const mask = slots.length - 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] === 0) continue;
      let slot = (2 * old[i + 1]) & mask;
      while (slots[slot] !== 0) slot = (slot + 2) & mask;
      slots[slot] = old[i];
      slots[slot + 1] = old[i + 1];
    }
    this.#slots = slots;
  }
}

/** Of 32 bits, in the manner of MurmurHash. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return hash;
}

function isAt(word: string, text: string, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let i = 0; i < word.length; i++) {
    if (word.charCodeAt(i) !== text.charCodeAt(start + i)) return false;
  }
  return true;
}
