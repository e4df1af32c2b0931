import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testData } from '../test/test-data.ts';
import { TextError } from './text-error.ts';
import { Vocabulary } from './vocabulary.ts';
import { WordTokenizer } from './word-tokenizer.ts';

function wordsIn(text: string): string[] {
  const tokenizer = WordTokenizer.fromText(text);
  return Array.from(tokenizer.encode(text), (id) => tokenizer.vocabulary.token(id));
}

describe('words', () => {
  test('are numbered in the order of first appearance, and each newline is <eos>', () => {
    const text = ' you say goodbye \n i say hello \n';
    const tokenizer = WordTokenizer.fromText(text);
    expect(tokenizer.kind).toBe('word');
    expect(tokenizer.vocabulary.tokens).toEqual(['you', 'say', 'goodbye', '<eos>', 'i', 'hello']);
    expect(tokenizer.encode(text)).toEqual(Int32Array.of(0, 1, 2, 3, 4, 1, 5, 3));
  });

  test.each([
    ['a run of spaces and tabs is one separator', 'a  b \t\tc', ['a', 'b', 'c']],
    ['Windows line ends are newlines', 'a b\r\nc\r\n', ['a', 'b', '<eos>', 'c', '<eos>']],
    ['a newline needs no spaces around it', 'a\nb', ['a', '<eos>', 'b']],
    ['an empty line is a second <eos>', 'a\n\nb', ['a', '<eos>', '<eos>', 'b']],
    ['newlines at the ends count, other white space there does not', ' \n a\t\n ', ['<eos>', 'a', '<eos>']],
    ['no newline at the end means no <eos>', 'a b', ['a', 'b']],
    ['<eos> spelled out is the same token', 'a <eos> b\n', ['a', '<eos>', 'b', '<eos>']],
    ['names of object members are words', '__proto__ constructor', ['__proto__', 'constructor']],
    ['Korean and emoji are words', '나는 😀 좋아', ['나는', '😀', '좋아']],
  ])('%s', (_, text, words) => {
    expect(wordsIn(text)).toEqual(words);
  });

  test('come from an empty text as no ids', () => {
    expect(WordTokenizer.fromText('a').encode('')).toEqual(new Int32Array(0));
    expect(WordTokenizer.fromText('a').encode(' \t\r ')).toEqual(new Int32Array(0));
  });

  test('are as many and the same as a plain split gives, for any text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '가', '😀', ' ', '\t', '\r', '\n') });
    fc.assert(
      fc.property(text, (text) => {
        const expected = text
          .replaceAll('\n', ' <eos> ')
          .split(/[ \t\r]+/)
          .filter(Boolean);
        fc.pre(expected.length > 0);
        expect(wordsIn(text)).toEqual(expected);
      }),
    );
  });

  test('of two megabytes without a separator are one word', () => {
    expect(WordTokenizer.fromText('x'.repeat(2e6)).encode('x'.repeat(2e6))).toEqual(Int32Array.of(0));
  });
});

describe('unknown words', () => {
  test('become <unk> if the vocabulary has it', () => {
    const tokenizer = new WordTokenizer(Vocabulary.fromTokens(['the', '<unk>', 'cat']));
    expect(tokenizer.encode('the dog\ncat')).toEqual(Int32Array.of(0, 1, 1, 2));
  });

  test('are named in an error that says what to do', () => {
    const tokenizer = WordTokenizer.fromText('a b');
    expect(() => tokenizer.encode('a zebra b zebra')).toThrow(
      new TextError(
        'WordTokenizer.encode: the vocabulary of 2 words has no "zebra". ' +
          'Build the vocabulary from text that has these words, or give it the word "<unk>".',
      ),
    );
  });

  test('are counted, and only a few of them listed', () => {
    const tokenizer = WordTokenizer.fromText('a');
    expect(() => tokenizer.encode('b a c d')).toThrow('has no "b", nor has it 2 more ("c", "d").');
    expect(() => tokenizer.encode('b c d e f g h')).toThrow(
      'has no "b", nor has it 6 more ("c", "d", "e", "f", …).',
    );
    expect(() => tokenizer.encode('constructor')).toThrow('has no "constructor".');
  });
});

describe('ids', () => {
  test('become words with single spaces, and lines with none at their ends', () => {
    const text = '  you say\tgoodbye \n\n i say  hello \n';
    const tokenizer = WordTokenizer.fromText(text);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe('you say goodbye\n\ni say hello\n');
    expect(tokenizer.decode([])).toBe('');
  });

  test('come back the same from the text they were decoded to', () => {
    const tokenizer = new WordTokenizer(Vocabulary.fromTokens(['a', '<eos>', '나', '😀', '__proto__']));
    fc.assert(
      fc.property(fc.array(fc.nat(4)), (ids) => {
        expect([...tokenizer.encode(tokenizer.decode(ids))]).toEqual(ids);
      }),
    );
  });

  test('outside the vocabulary are refused', () => {
    expect(() => WordTokenizer.fromText('a b').decode([0, 2])).toThrow(TextError);
  });
});

test.each(['', ' ', 'a b', 'a\n', '\t', 'a\r'])('a vocabulary with the token %j is refused', (token) => {
  const vocabulary = Vocabulary.fromTokens(['a', token]);
  expect(() => new WordTokenizer(vocabulary)).toThrow(
    `WordTokenizer: expected words without white space, got ${JSON.stringify(token)} at position 1`,
  );
});

const ptb = testData('ptb');

describe.skipIf(!ptb.present)(`the Penn Treebank (${ptb.title})`, () => {
  test('has the known numbers of tokens and words, and the known first ids', () => {
    const read = (part: string) => readFileSync(join(ptb.path, `ptb.${part}.txt`), 'utf8');
    const train = read('train');
    const tokenizer = WordTokenizer.fromText(train);
    const ids = tokenizer.encode(train);
    expect(tokenizer.vocabulary.size).toBe(10_000);
    expect(ids.length).toBe(929_589);
    expect(tokenizer.encode(read('valid')).length).toBe(73_760);
    expect(tokenizer.encode(read('test')).length).toBe(82_430);
    // What chapter 2 of "Deep Learning from Scratch 2" prints for this corpus.
    expect([...ids.subarray(0, 30)]).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(['car', 'happy', 'lexus'].map((word) => tokenizer.vocabulary.id(word))).toEqual([
      3856, 4428, 7426,
    ]);
  });
});
