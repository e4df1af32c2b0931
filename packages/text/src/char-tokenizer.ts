import { showCount } from './show.ts';
import { TextError } from './text-error.ts';
import type { Tokenizer } from './tokenizer.ts';
import { Vocabulary } from './vocabulary.ts';

/** One token for each Unicode code point, so that an emoji outside the basic plane is one token and not two halves. */
export class CharTokenizer implements Tokenizer {
  readonly kind = 'char';
  readonly vocabulary: Vocabulary;

  /** @throws {TextError} if the vocabulary has a token that is not exactly one code point */
  constructor(vocabulary: Vocabulary) {
    const position = vocabulary.tokens.findIndex((token) => !isOneCharacter(token));
    if (position >= 0) {
      throw new TextError(
        `CharTokenizer: expected tokens of one character each, got ${JSON.stringify(vocabulary.token(position))} ` +
          `at position ${position} of the vocabulary. Use a WordTokenizer if these are words.`,
      );
    }
    this.vocabulary = vocabulary;
  }

  /** A tokenizer that knows the characters of this text, with ids in the order of first appearance. */
  static fromText(text: string): CharTokenizer {
    return new CharTokenizer(Vocabulary.build(text));
  }

  encode(text: string): Int32Array {
    const unknown = new Set<string>();
    const ids = new Int32Array(text.length); // A code point takes at least one UTF-16 unit.
    let count = 0;
    for (const character of text) {
      const id = this.vocabulary.id(character);
      if (id === undefined) unknown.add(character);
      else ids[count++] = id;
    }
    if (unknown.size > 0) throw unknownCharacters([...unknown], this.vocabulary);
    return ids.slice(0, count);
  }

  decode(ids: ArrayLike<number>): string {
    let text = '';
    for (let i = 0; i < ids.length; i++) text += this.vocabulary.token(ids[i]);
    return text;
  }
}

function isOneCharacter(token: string): boolean {
  const [first] = token;
  return first === token;
}

function unknownCharacters(unknown: string[], vocabulary: Vocabulary): TextError {
  const listed = unknown
    .slice(0, 10)
    .map((character) => `${JSON.stringify(character)} (${codePoint(character)})`);
  if (listed.length < unknown.length) listed.push('…');
  return new TextError(
    `CharTokenizer.encode: the vocabulary of ${showCount(vocabulary.size)} characters lacks ` +
      `${showCount(unknown.length)} of the text's: ${listed.join(', ')}. ` +
      'Remove them from the text, or build the vocabulary from text that has them.',
  );
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
