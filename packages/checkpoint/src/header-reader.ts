import { damaged } from './damaged.ts';
import { isWellFormed } from './is-well-formed.ts';
import { quote } from './quote.ts';

/** How many tensors, or pairs of metadata, a file may have: a few bytes for each make objects of hundreds. */
export const MAX_KEYS = 65_536;
/** As many as NumPy long had. */
export const MAX_AXES = 32;

/**
 * The part of JSON that a safetensors header is made of: objects, strings and whole numbers. `JSON.parse` cannot do this:
 * of two equal keys it keeps the last without a word, and the format forbids them.
 */
export class HeaderReader {
  readonly #text: string;
  readonly #source: string;
  #at = 0;

  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
  }

  /** Calls `readValue` for each key; it must read the key's value. */
  object(readValue: (key: string) => void): void {
    const seen = new Set<string>();
    this.#expect('{');
    if (this.#accept('}')) return;
    do {
      const key = this.string();
      if (seen.has(key)) throw this.#error(`the key ${quote(key)} comes twice`);
      seen.add(key);
      if (seen.size > MAX_KEYS) throw this.#error(`there are more than ${MAX_KEYS} keys`);
      this.#expect(':');
      readValue(key);
    } while (this.#accept(','));
    this.#expect('}');
  }

  /** `[2, 3]`: whole numbers from 0, each one that a double holds exactly. */
  integers(): number[] {
    const values: number[] = [];
    this.#expect('[');
    if (this.#accept(']')) return values;
    do {
      if (values.length === MAX_AXES) throw this.#error(`there are more than ${MAX_AXES} numbers in a list`);
      values.push(this.#integer());
    } while (this.#accept(','));
    this.#expect(']');
    return values;
  }

  string(): string {
    this.#expect('"');
    const start = this.#at - 1;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    }
    this.#at++;
    let value: string;
    try {
      // Exactly one string literal or an error: the loop above stopped at the first quote that no backslash escapes.
      value = JSON.parse(this.#text.slice(start, this.#at));
    } catch (cause) {
      throw this.#error('a string is not valid JSON', cause);
    }
    if (!isWellFormed(value)) throw this.#error(`the string ${quote(value)} is not valid Unicode`);
    return value;
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected('the end');
  }

  #integer(): number {
    this.#skipSpace();
    const start = this.#at;
    while (isDigit(this.#text[this.#at])) this.#at++;
    const digits = this.#text.slice(start, this.#at);
    const value = Number(digits);
    if (digits === '') throw this.#unexpected('a whole number from 0');
    if (digits.length > 1 && digits[0] === '0') throw this.#error('a number begins with 0');
    if (!Number.isSafeInteger(value)) throw this.#error(`the number ${quote(digits)} is above 2^53 - 1`);
    return value;
  }

  #accept(token: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw this.#unexpected(quote(token));
  }

  #skipSpace(): void {
    while (isSpace(this.#text[this.#at])) this.#at++;
  }

  #unexpected(expected: string): Error {
    const got = this.#text[this.#at];
    return this.#error(`expected ${expected}, got ${got === undefined ? 'the end' : quote(got)}`);
  }

  #error(detail: string, cause?: unknown): Error {
    return damaged(this.#source, `at character ${this.#at} of the header, ${detail}`, { cause });
  }
}

const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9';

const isSpace = (character: string | undefined): boolean =>
  character === ' ' || character === '\n' || character === '\r' || character === '\t';
