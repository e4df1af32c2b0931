import { BpeTokenizer, checkBpeSize } from './bpe-tokenizer.ts';
import { CharTokenizer, GrowingCharacters } from './char-tokenizer.ts';
import { GrowingIds } from './growing-ids.ts';
import { splitForBpe } from './split-for-bpe.ts';
import { TextError } from './text-error.ts';
import type { TokenIds } from './token-ids.ts';
import type { Tokenizer } from './tokenizer.ts';
import { Vocabulary } from './vocabulary.ts';
import { hasLimits, limitTokens, type VocabularyLimits } from './vocabulary-limits.ts';
import { WordTable } from './word-table.ts';
import { encodeWords, WordTokenizer } from './word-tokenizer.ts';

/** Which tokenizer to make from a text. */
export type TokenizerSpec =
  | ({ readonly kind: 'word' | 'char' } & VocabularyLimits)
  | { readonly kind: 'bpe'; readonly vocabSize?: number };

/**
 * Makes a tokenizer from a text that comes piece by piece, and the text's ids by the way: the text is read once, and never
 * kept. What shows only at its end, which tokens are rare and how words come apart, is then put right in the ids.
 */
export class TextLearner {
  readonly #spec: TokenizerSpec;
  readonly #encode: (piece: string) => Int32Array;
  /** What `#encode` numbers: words or characters, by first appearance. */
  readonly #tokens: readonly string[];
  readonly #ids = new GrowingIds();

  /** @throws {TextError} if a size or a count in the spec makes no sense */
  constructor(spec: TokenizerSpec) {
    this.#spec = spec;
    check(spec);
    if (spec.kind === 'char') {
      const characters = new GrowingCharacters();
      this.#tokens = characters.tokens;
      this.#encode = (piece) => characters.encode(piece);
    } else {
      const table = new WordTable();
      this.#tokens = table.words;
      this.#encode =
        spec.kind === 'word'
          ? (piece) => encodeWords(piece, (text, start, end) => table.findOrAdd(text, start, end))
          : (piece) => Int32Array.from(splitForBpe(piece), (word) => table.findOrAdd(word, 0, word.length));
    }
  }

  /** @param share how much of the text has come with this piece, if anybody knows */
  add(piece: string, share?: number): void {
    const ids = this.#encode(piece);
    this.#ids.append(ids, this.#tokens.length, share);
  }

  /** @throws {TextError} if the text has no tokens, or none as often as `minCount` */
  finish(): { tokenizer: Tokenizer; ids: TokenIds } {
    const spec = this.#spec;
    if (spec.kind === 'bpe') return this.#finishBpe(spec.vocabSize);
    let tokens = this.#tokens;
    if (hasLimits(spec) && tokens.length > 0) {
      const needed = spec.kind === 'word' ? [WordTokenizer.eos] : [];
      const limited = limitTokens(tokens, this.#ids.counts(tokens.length), spec, needed);
      this.#ids.renumber(limited.renumbered);
      tokens = limited.tokens;
    }
    const vocabulary = Vocabulary.fromTokens(tokens);
    const tokenizer = spec.kind === 'word' ? new WordTokenizer(vocabulary) : new CharTokenizer(vocabulary);
    return { tokenizer, ids: this.#ids.toIds(vocabulary.size) };
  }

  #finishBpe(vocabSize?: number): { tokenizer: Tokenizer; ids: TokenIds } {
    const words = this.#tokens;
    const counts = this.#ids.counts(words.length);
    const tokenizer = BpeTokenizer.train(new Map(words.map((word, id) => [word, counts[id]])), { vocabSize });
    const { size } = tokenizer.vocabulary;

    // The tokens of every word, end to end: a million small arrays would take several times the memory.
    const parts = new GrowingIds();
    const starts = new Float64Array(words.length + 1);
    for (const [id, word] of words.entries()) {
      parts.append(tokenizer.encodeWord(word), size);
      starts[id + 1] = parts.length;
    }
    return { tokenizer, ids: this.#ids.expanded(parts.toIds(size), starts, counts) };
  }
}

function check(spec: TokenizerSpec): void {
  if (!['word', 'char', 'bpe'].includes(spec.kind)) {
    throw new TextError(
      `tokenizer: expected the kind 'word', 'char' or 'bpe' to make from a text, got ${JSON.stringify(spec.kind)}. ` +
        'Give a tokenizer of another kind itself.',
    );
  }
  if (spec.kind !== 'bpe') hasLimits(spec);
  else if ((spec as VocabularyLimits).minCount === undefined) checkBpeSize(spec.vocabSize ?? 256);
  else throw new TextError("tokenizer: expected no minCount for the kind 'bpe', to which no text is unknown");
}
