import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextError } from './text-error.ts';
import { Vocabulary } from './vocabulary.ts';

describe('a vocabulary', () => {
  test('numbers tokens in the order of first appearance', () => {
    const vocabulary = Vocabulary.build(['b', 'a', 'b', 'c', 'a']);
    expect(vocabulary.tokens).toEqual(['b', 'a', 'c']);
    expect(vocabulary.size).toBe(3);
    expect(vocabulary.id('c')).toBe(2);
    expect(vocabulary.token(2)).toBe('c');
  });

  test('builds from anything that can be iterated, such as the characters of a string', () => {
    expect(Vocabulary.build('가나가😀').tokens).toEqual(['가', '나', '😀']);
  });

  test('says undefined for the id of an unknown token', () => {
    const vocabulary = Vocabulary.fromTokens(['a']);
    expect(vocabulary.id('b')).toBeUndefined();
    expect(vocabulary.has('b')).toBe(false);
    expect(vocabulary.has('a')).toBe(true);
  });

  test('treats the names of object members like any other token', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''];
    const vocabulary = Vocabulary.fromTokens(names);
    expect(names.map((name) => vocabulary.id(name))).toEqual([0, 1, 2, 3, 4]);
    expect(Vocabulary.fromTokens(['a']).has('constructor')).toBe(false);
    expect(Vocabulary.fromTokens(['a']).id('__proto__')).toBeUndefined();
  });

  test('is not changed by later changes to the list it was made from', () => {
    const tokens = ['a', 'b'];
    const vocabulary = Vocabulary.fromTokens(tokens);
    tokens[0] = 'z';
    vocabulary.toJSON()[1] = 'z';
    expect(vocabulary.tokens).toEqual(['a', 'b']);
    expect(Object.isFrozen(vocabulary.tokens)).toBe(true);
  });

  test('comes back from JSON with the same ids, whatever the tokens', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1 }), (tokens) => {
        const vocabulary = Vocabulary.fromTokens(tokens);
        const restored = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
        expect(restored.tokens).toEqual(tokens);
        for (const [id, token] of tokens.entries()) expect(restored.id(token)).toBe(id);
      }),
    );
  });

  test.each([-1, 2, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('has no token for the id %s', (id) => {
    const vocabulary = Vocabulary.fromTokens(['a', 'b']);
    expect(() => vocabulary.token(id)).toThrow(
      new TextError(`Vocabulary.token: expected an id from 0 to 1, got ${id}`),
    );
  });
});

describe('a list of tokens is refused', () => {
  test('if it is empty', () => {
    expect(() => Vocabulary.fromTokens([])).toThrow(
      'Vocabulary.fromTokens: expected at least one token, got none',
    );
    expect(() => Vocabulary.build([])).toThrow('Vocabulary.build: expected at least one token, got none');
  });

  test('if a token comes twice, naming both positions', () => {
    expect(() => Vocabulary.fromTokens(['a', 'b', 'c', 'b'])).toThrow(
      'Vocabulary.fromTokens: expected every token once, got "b" at positions 1 and 3',
    );
  });

  test.each([
    [['a', 7], 'Vocabulary.fromJSON: expected a string at position 1, got number'],
    [['a', 'b', null], 'Vocabulary.fromJSON: expected a string at position 2, got null'],
    [[['a']], 'Vocabulary.fromJSON: expected a string at position 0, got an array'],
    [Array(2), 'Vocabulary.fromJSON: expected a string at position 0, got undefined'],
    [{ 0: 'a', length: 1 }, 'Vocabulary.fromJSON: expected an array of strings, got object'],
    ['abc', 'Vocabulary.fromJSON: expected an array of strings, got string'],
    [null, 'Vocabulary.fromJSON: expected an array of strings, got null'],
    [undefined, 'Vocabulary.fromJSON: expected an array of strings, got undefined'],
  ])('if JSON gives %j', (value, message) => {
    expect(() => Vocabulary.fromJSON(value)).toThrow(new TextError(message));
  });

  test('with a message that stays short when the token is long', () => {
    const long = 'x'.repeat(1e6);
    expect(() => Vocabulary.fromTokens([long, long])).toThrow(/^.{1,160}$/);
  });
});
