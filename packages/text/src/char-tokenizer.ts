import { countIds } from './growing-ids.ts';
import { showCount } from './show.ts';
import { TextError } from './text-error.ts';
import { joinStream, type TextStream } from './text-stream.ts';
import type { Tokenizer } from './tokenizer.ts';
import { Vocabulary } from './vocabulary.ts';
import { hasLimits, limitTokens, UNKNOWN, type VocabularyLimits } from './vocabulary-limits.ts';

/** What is written for `<unk>`: the replacement character. */
const REPLACEMENT = '\uFFFD';

/** One token for each Unicode code point, so that an emoji outside the basic plane is one token and not two halves. */
export class CharTokenizer implements Tokenizer {
  /** The token that stands for every unknown character, if the vocabulary has it; decoded to U+FFFD. */
  static readonly unk: string = UNKNOWN;

  readonly kind = 'char';
  readonly vocabulary: Vocabulary;
  readonly #ids = new CodePointIds();

  /** @throws {TextError} if the vocabulary has a token that is neither exactly one code point nor `<unk>` */
  constructor(vocabulary: Vocabulary) {
    for (const [id, token] of vocabulary.tokens.entries()) {
      if (isOneCharacter(token)) this.#ids.set(codePointOf(token), id);
      else if (token !== CharTokenizer.unk) throw notACharacter(token, id);
    }
    this.vocabulary = vocabulary;
  }

  /**
   * A tokenizer that knows the characters of this text, with ids in the order of first appearance. Limits turn rare
   * characters into `<unk>`.
   *
   * @throws {TextError} if the text is empty, or has no character as often as `minCount`, or a limit is not an integer of at least 1
   *   (`vocabSize`: 2)
   */
  static fromText(text: string, limits: VocabularyLimits = {}): CharTokenizer {
    const characters = new GrowingCharacters();
    const ids = characters.encode(text);
    const all = characters.tokens;
    if (!hasLimits(limits) || ids.length === 0) return new CharTokenizer(Vocabulary.build(all));
    const { tokens } = limitTokens(all, countIds(ids, all.length), limits);
    return new CharTokenizer(Vocabulary.fromTokens(tokens));
  }

  get unknownId(): number | undefined {
    return this.vocabulary.id(CharTokenizer.unk);
  }

  encode(text: string): Int32Array {
    const { unknownId } = this;
    const unknown = new Set<number>();
    const ids = this.#ids.encode(text, (codePoint) => {
      if (unknownId === undefined) unknown.add(codePoint);
      return unknownId ?? 0;
    });
    if (unknown.size > 0) throw unknownCharacters([...unknown], this.vocabulary);
    return ids.slice();
  }

  decode(ids: ArrayLike<number>): string {
    return joinStream(this.stream(), ids);
  }

  stream(): TextStream {
    const { vocabulary } = this;
    return {
      next(id) {
        const token = vocabulary.token(id);
        return token === CharTokenizer.unk ? REPLACEMENT : token;
      },
      end: () => '',
    };
  }
}

/** Characters by first appearance, while a text is being read. */
export class GrowingCharacters {
  readonly tokens: string[] = [];
  readonly #ids = new CodePointIds();

  /** The ids of the text's characters, of which new ones get the next ids: a view. */
  encode(text: string): Int32Array {
    return this.#ids.encode(text, (codePoint) => {
      const id = this.tokens.push(String.fromCodePoint(codePoint)) - 1;
      this.#ids.set(codePoint, id);
      return id;
    });
  }
}

/** A table of all code points is several times as fast as a Map; of its memory, only what is used is ever touched. */
class CodePointIds {
  /** Of each code point one more than its id, or 0. */
  readonly #places = new Int32Array(0x110000);

  set(codePoint: number, id: number): void {
    this.#places[codePoint] = id + 1;
  }

  encode(text: string, idOfUnknown: (codePoint: number) => number): Int32Array {
    const places = this.#places;
    const ids = new Int32Array(text.length); // A code point takes at least one UTF-16 unit.
    let count = 0;
    for (let i = 0; i < text.length; i++) {
      let codePoint = text.charCodeAt(i);
      if (codePoint >= 0xd800 && codePoint < 0xdc00) {
        codePoint = text.codePointAt(i) ?? codePoint;
        if (codePoint > 0xffff) i++;
      }
      const place = places[codePoint];
      ids[count++] = place > 0 ? place - 1 : idOfUnknown(codePoint);
    }
    return ids.subarray(0, count);
  }
}

function isOneCharacter(token: string): boolean {
  const [first] = token;
  return first === token;
}

function codePointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function notACharacter(token: string, position: number): TextError {
  return new TextError(
    `CharTokenizer: expected tokens of one character each, got ${JSON.stringify(token)} ` +
      `at position ${position} of the vocabulary. Use a WordTokenizer if these are words.`,
  );
}

function unknownCharacters(unknown: number[], vocabulary: Vocabulary): TextError {
  const listed = unknown.slice(0, 10).map(showCodePoint);
  if (listed.length < unknown.length) listed.push('…');
  return new TextError(
    `CharTokenizer.encode: the vocabulary of ${showCount(vocabulary.size)} characters lacks ` +
      `${showCount(unknown.length)} of the text's: ${listed.join(', ')}. Remove them from the text, or build the ` +
      `vocabulary from text that has them, or with minCount (2, for example) or vocabSize, which give it ` +
      `${JSON.stringify(CharTokenizer.unk)} for all others.`,
  );
}

function showCodePoint(codePoint: number): string {
  const hex = codePoint.toString(16).toUpperCase().padStart(4, '0');
  return `${JSON.stringify(String.fromCodePoint(codePoint))} (U+${hex})`;
}
