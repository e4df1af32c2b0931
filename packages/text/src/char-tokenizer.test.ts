import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testData } from '../test/test-data.ts';
import { CharTokenizer } from './char-tokenizer.ts';
import { TextError } from './text-error.ts';
import { Vocabulary } from './vocabulary.ts';

test('a code point is one token, also outside the basic plane', () => {
  const tokenizer = CharTokenizer.fromText('가😀\n가');
  expect(tokenizer.kind).toBe('char');
  expect(tokenizer.vocabulary.tokens).toEqual(['가', '😀', '\n']);
  expect(tokenizer.encode('😀가😀')).toEqual(Int32Array.of(1, 0, 1));
  expect(tokenizer.decode(Int32Array.of(1, 0))).toBe('😀가');
});

test('white space is kept as it is', () => {
  const text = ' a\r\n\tb  ';
  const tokenizer = CharTokenizer.fromText(text);
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
});

test('an empty text has no ids', () => {
  expect(CharTokenizer.fromText('a').encode('')).toEqual(new Int32Array(0));
});

test('any text comes back the same, with one id for each code point', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      const tokenizer = CharTokenizer.fromText(text);
      const ids = tokenizer.encode(text);
      expect(ids.length).toBe([...text].length);
      expect(tokenizer.decode(ids)).toBe(text);
    }),
  );
});

test('half of a surrogate pair comes back as well', () => {
  const text = 'a\uD83Db';
  const tokenizer = CharTokenizer.fromText(text);
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
});

describe('unknown characters', () => {
  test('are listed once each, with their code points', () => {
    const tokenizer = CharTokenizer.fromText('ab');
    expect(() => tokenizer.encode('a😀é😀\u0007')).toThrow(
      new TextError(
        'CharTokenizer.encode: the vocabulary of 2 characters lacks 3 of the text\'s: "😀" (U+1F600), "é" (U+00E9), ' +
          '"\\u0007" (U+0007). Remove them from the text, or build the vocabulary from text that has them, or with minCount ' +
          '(2, for example) or vocabSize, which give it "<unk>" for all others.',
      ),
    );
  });

  test('are counted where they are too many to list', () => {
    expect(() => CharTokenizer.fromText('-').encode('abcdefghijklm')).toThrow(
      /lacks 13 .*"j" \(U\+006A\), …\./,
    );
  });
});

describe('rare characters', () => {
  test('become <unk>, which is written as the replacement character and comes back the same', () => {
    const tokenizer = CharTokenizer.fromText('aa😀bb', { minCount: 2 });
    expect(tokenizer.vocabulary.tokens).toEqual(['a', '<unk>', 'b']);
    expect(tokenizer.unknownId).toBe(1);
    const ids = tokenizer.encode('b😀z가');
    expect(ids).toEqual(Int32Array.of(2, 1, 1, 1));
    expect(tokenizer.decode(ids)).toBe('b\uFFFD\uFFFD\uFFFD');
    expect(tokenizer.encode(tokenizer.decode(ids))).toEqual(ids);
  });

  test('are those that do not fit into vocabSize', () => {
    expect(CharTokenizer.fromText('cbbaa', { vocabSize: 3 }).vocabulary.tokens).toEqual(['<unk>', 'b', 'a']);
    expect(CharTokenizer.fromText('ab', { vocabSize: 9 }).vocabulary.tokens).toEqual(['a', 'b', '<unk>']);
  });

  test('are restored from a vocabulary that has <unk>', () => {
    const { vocabulary } = CharTokenizer.fromText('aab', { minCount: 2 });
    expect(new CharTokenizer(vocabulary).encode('xa')).toEqual(Int32Array.of(1, 0));
  });
});

test('ids become text one by one', () => {
  const stream = CharTokenizer.fromText('a😀').stream();
  expect([stream.next(1), stream.next(0), stream.end()]).toEqual(['😀', 'a', '']);
});

test('an id outside the vocabulary is refused', () => {
  expect(() => CharTokenizer.fromText('a').decode([1])).toThrow(TextError);
});

test.each(['', 'ab', '\r\n', '가나'])('a vocabulary with the token %j is refused', (token) => {
  expect(() => new CharTokenizer(Vocabulary.fromTokens(['x', token]))).toThrow(
    `CharTokenizer: expected tokens of one character each, got ${JSON.stringify(token)} at position 1`,
  );
});

const shakespeare = testData('tinyshakespeare/input.txt');

test.skipIf(!shakespeare.present)(`Tiny Shakespeare has its known sizes (${shakespeare.title})`, () => {
  const text = readFileSync(shakespeare.path, 'utf8');
  const tokenizer = CharTokenizer.fromText(text);
  const ids = tokenizer.encode(text);
  expect(tokenizer.vocabulary.size).toBe(65);
  expect(ids.length).toBe(1_115_394);
  expect(tokenizer.decode(ids)).toBe(text);
});
