import { showCount, showToken } from './show.ts';
import { TextError } from './text-error.ts';

/** The tokens that a model knows; a token's id is its place in the list. */
export class Vocabulary {
  readonly tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  private constructor(operation: string, tokens: readonly unknown[]) {
    if (tokens.length === 0) throw new TextError(`${operation}: expected at least one token, got none`);
    const ids = new Map<string, number>();
    // By index, since a sparse array's iterator methods may step over its holes.
    for (let id = 0; id < tokens.length; id++) {
      const token = tokens[id];
      if (typeof token !== 'string') {
        throw new TextError(`${operation}: expected a string at position ${id}, got ${typeName(token)}`);
      }
      const earlier = ids.get(token);
      if (earlier !== undefined) {
        throw new TextError(
          `${operation}: expected every token once, got ${showToken(token)} at positions ${earlier} and ${id}`,
        );
      }
      ids.set(token, id);
    }
    this.tokens = Object.freeze([...ids.keys()]);
    this.#ids = ids;
  }

  /**
   * A vocabulary in which `tokens[id]` has that id.
   *
   * @throws {TextError} if the list is empty, or holds a token twice or something that is not a string
   */
  static fromTokens(tokens: readonly string[]): Vocabulary {
    return new Vocabulary('Vocabulary.fromTokens', tokens);
  }

  /**
   * A vocabulary of the distinct tokens, with ids in the order of first appearance.
   *
   * @throws {TextError} if there are no tokens
   */
  static build(tokens: Iterable<string>): Vocabulary {
    return new Vocabulary('Vocabulary.build', [...new Set(tokens)]);
  }

  /**
   * The inverse of {@link toJSON}, for a value of unknown origin.
   *
   * @throws {TextError} if the value is anything but an array of distinct strings
   */
  static fromJSON(value: unknown): Vocabulary {
    if (!Array.isArray(value)) {
      throw new TextError(`Vocabulary.fromJSON: expected an array of strings, got ${typeName(value)}`);
    }
    return new Vocabulary('Vocabulary.fromJSON', value);
  }

  /** The tokens in the order of their ids, so that `JSON.stringify` takes a vocabulary as it is. */
  toJSON(): string[] {
    return [...this.tokens];
  }

  get size(): number {
    return this.tokens.length;
  }

  has(token: string): boolean {
    return this.#ids.has(token);
  }

  /** The token's id, from 0 to size - 1, or undefined if the token is unknown. */
  id(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /**
   * The token that has this id.
   *
   * @throws {TextError} if no token has it
   */
  token(id: number): string {
    const token = this.tokens[id];
    if (token === undefined) {
      throw new TextError(
        `Vocabulary.token: expected an id from 0 to ${showCount(this.size - 1)}, got ${id}`,
      );
    }
    return token;
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}
