import { countIds } from './growing-ids.ts';
import { showCount, showToken } from './show.ts';
import { TextError } from './text-error.ts';
import { joinStream, type TextStream } from './text-stream.ts';
import type { Tokenizer } from './tokenizer.ts';
import { Vocabulary } from './vocabulary.ts';
import { hasLimits, limitTokens, UNKNOWN, type VocabularyLimits } from './vocabulary-limits.ts';
import { WordTable } from './word-table.ts';

/**
 * Words as the Penn Treebank files are read in the book "Deep Learning from Scratch 2": split at white space, with
 * `<eos>` for each newline. Any run of spaces, tabs and carriage returns is one separator.
 */
export class WordTokenizer implements Tokenizer {
  /** The token that stands for a newline. */
  static readonly eos = '<eos>';
  /** The token that stands for every unknown word, if the vocabulary has it. */
  static readonly unk: string = UNKNOWN;

  readonly kind = 'word';
  readonly vocabulary: Vocabulary;
  readonly #words = new WordTable();

  /** @throws {TextError} if the vocabulary has a token that is empty or contains a separator */
  constructor(vocabulary: Vocabulary) {
    const position = vocabulary.tokens.findIndex((token) => !/^[^ \t\r\n]+$/.test(token));
    if (position >= 0) {
      throw new TextError(
        `WordTokenizer: expected words without white space, got ${showToken(vocabulary.token(position))} ` +
          `at position ${position} of the vocabulary. Use a CharTokenizer if these are characters.`,
      );
    }
    for (const word of vocabulary.tokens) this.#words.findOrAdd(word, 0, word.length);
    this.vocabulary = vocabulary;
  }

  /**
   * A tokenizer that knows the words of this text, with ids in the order of first appearance. Limits turn rare words into
   * `<unk>`, but never the newline.
   *
   * @throws {TextError} if the text has no words, or none as often as `minCount`, or a limit is not an integer of at least 1
   *   (`vocabSize`: 2)
   */
  static fromText(text: string, limits: VocabularyLimits = {}): WordTokenizer {
    const table = new WordTable();
    const ids = encodeWords(text, (text, start, end) => table.findOrAdd(text, start, end));
    if (!hasLimits(limits) || ids.length === 0) return new WordTokenizer(Vocabulary.build(table.words));
    const counts = countIds(ids, table.words.length);
    const { tokens } = limitTokens(table.words, counts, limits, [WordTokenizer.eos]);
    return new WordTokenizer(Vocabulary.fromTokens(tokens));
  }

  get unknownId(): number | undefined {
    return this.vocabulary.id(WordTokenizer.unk);
  }

  encode(text: string): Int32Array {
    const { vocabulary, unknownId } = this;
    const unknown = new Set<string>();
    const ids = encodeWords(text, (text, start, end) => {
      const id = this.#words.find(text, start, end);
      if (id >= 0) return id;
      if (unknownId === undefined) unknown.add(text.slice(start, end));
      return unknownId ?? 0;
    });
    if (unknown.size > 0) throw unknownWords([...unknown], vocabulary);
    return ids.slice();
  }

  /** Words with single spaces between them; `<eos>` becomes a newline with no spaces around it. */
  decode(ids: ArrayLike<number>): string {
    return joinStream(this.stream(), ids);
  }

  stream(before?: number): TextStream {
    const { vocabulary } = this;
    const gapAfter = (word: string): string => (word === WordTokenizer.eos ? '' : ' ');
    let gap = before === undefined ? '' : gapAfter(vocabulary.token(before));
    return {
      next(id) {
        const word = vocabulary.token(id);
        const text = word === WordTokenizer.eos ? '\n' : gap + word;
        gap = gapAfter(word);
        return text;
      },
      end: () => '',
    };
  }
}

/** The ids of a text's words: a view. `idOf` gets each where it stands, the newline as `<eos>`. */
export function encodeWords(
  text: string,
  idOf: (text: string, start: number, end: number) => number,
): Int32Array {
  const { eos } = WordTokenizer;
  const ids = new Int32Array(text.length); // A word or a newline takes at least one UTF-16 unit.
  let count = 0;
  let start = -1; // of the word that goes on here
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (!isSeparator(unit)) {
      if (start < 0) start = i;
      continue;
    }
    if (start >= 0) ids[count++] = idOf(text, start, i);
    if (unit === NEWLINE) ids[count++] = idOf(eos, 0, eos.length);
    start = -1;
  }
  if (start >= 0) ids[count++] = idOf(text, start, text.length);
  return ids.subarray(0, count);
}

const [TAB, NEWLINE, RETURN, SPACE] = [9, 10, 13, 32];

export function isSeparator(unit: number): boolean {
  return unit <= SPACE && (unit === SPACE || unit === NEWLINE || unit === TAB || unit === RETURN);
}

function unknownWords([first, ...others]: string[], vocabulary: Vocabulary): TextError {
  const listed = others.slice(0, 4).map(showToken);
  if (listed.length < others.length) listed.push('…');
  const also =
    others.length > 0 ? `, nor has it ${showCount(others.length)} more (${listed.join(', ')})` : '';
  return new TextError(
    `WordTokenizer.encode: the vocabulary of ${showCount(vocabulary.size)} words has no ${showToken(first)}${also}. ` +
      `Build the vocabulary from text that has these words, or with minCount (2, for example) or vocabSize, ` +
      `which give it ${showToken(WordTokenizer.unk)} for all others.`,
  );
}
