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
          'Build the vocabulary from text that has these words, or with minCount (2, for example) or vocabSize, which give ' +
          'it "<unk>" for all others.',
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

describe('rare words', () => {
  const text = 'a b a <unk> c b\nd a c';

  test('become <unk>, with the ids of a text in which that was written in their place', () => {
    const tokenizer = WordTokenizer.fromText(text, { minCount: 2 });
    expect(tokenizer.vocabulary).toEqual(WordTokenizer.fromText('a b a <unk> c b\n<unk> a c').vocabulary);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe('a b a <unk> c b\n<unk> a c');
    expect(tokenizer.unknownId).toBe(2);
  });

  test('are those that do not fit into vocabSize, of equally frequent ones the later', () => {
    expect(WordTokenizer.fromText(text, { vocabSize: 4 }).vocabulary.tokens).toEqual([
      'a',
      'b',
      '<unk>',
      '<eos>',
    ]);
    expect(WordTokenizer.fromText(text, { vocabSize: 5 }).vocabulary.tokens).toEqual([
      'a',
      'b',
      '<unk>',
      'c',
      '<eos>',
    ]);
    expect(WordTokenizer.fromText(text, { vocabSize: 3, minCount: 3 }).vocabulary.tokens).toEqual([
      'a',
      '<unk>',
      '<eos>',
    ]);
  });

  test('are not the newline, however rare it is', () => {
    const tokenizer = WordTokenizer.fromText('a a b b\n', { minCount: 2, vocabSize: 3 });
    expect(tokenizer.vocabulary.tokens).toEqual(['a', '<unk>', '<eos>']);
  });

  test('may be none, and then <unk> comes last, for texts to come', () => {
    const tokenizer = WordTokenizer.fromText('b a', { minCount: 1 });
    expect(tokenizer.vocabulary.tokens).toEqual(['b', 'a', '<unk>']);
    expect(tokenizer.encode('a new b')).toEqual(Int32Array.of(1, 2, 0));
    expect(WordTokenizer.fromText('b a').unknownId).toBeUndefined();
  });

  test('are found as a plain count finds them, for any text and any limits', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', '<unk>', '<eos>');
    const words = fc.array(word, { minLength: 1, maxLength: 40 });
    const limits = { minCount: fc.integer({ min: 1, max: 5 }), vocabSize: fc.integer({ min: 2, max: 8 }) };
    fc.assert(
      fc.property(words, fc.record(limits, { requiredKeys: ['minCount'] }), (some, limits) => {
        const { minCount, vocabSize = 100 } = limits;
        const words = [...some, ...'f'.repeat(5)]; // One at least is not rare.
        const often = (word: string) => (word === '<eos>' ? 1000 : words.filter((w) => w === word).length);
        const known = [...new Set(words)]
          .filter((word) => word !== '<unk>' && often(word) >= minCount)
          .sort((a, b) => often(b) - often(a))
          .slice(0, vocabSize - 1);
        const replaced = words.map((word) => (known.includes(word) ? word : '<unk>'));
        const { vocabulary } = WordTokenizer.fromText(words.join(' '), limits);
        expect(vocabulary.tokens).toEqual([...new Set([...replaced, '<unk>'])]);
      }),
    );
  });

  test('are not all words', () => {
    expect(() => WordTokenizer.fromText(text, { minCount: 9 })).toThrow(
      new TextError(
        'Vocabulary: expected a minCount that some token reaches, got 9, with which all would be <unk>; ' +
          'the most frequent one, "a", occurs 3 times. Use a smaller minCount',
      ),
    );
    expect(WordTokenizer.fromText('<unk>\n', { minCount: 9 }).vocabulary.tokens).toEqual(['<unk>', '<eos>']);
  });

  test.each([
    [{ minCount: 0 }, 'Vocabulary: expected minCount to be an integer of at least 1, got 0'],
    [{ minCount: 1.5 }, 'Vocabulary: expected minCount to be an integer of at least 1, got 1.5'],
    [{ vocabSize: 1 }, 'Vocabulary: expected vocabSize to be an integer of at least 2, got 1'],
    [{ vocabSize: Number.NaN }, 'Vocabulary: expected vocabSize to be an integer of at least 2, got NaN'],
  ])('cannot be told by %j', (limits, message) => {
    expect(() => WordTokenizer.fromText('a', limits)).toThrow(new TextError(message));
  });
});

describe('ids', () => {
  test('become text one by one, with spaces where they belong', () => {
    const tokenizer = WordTokenizer.fromText('a b\nc');
    const stream = tokenizer.stream();
    expect([0, 1, 2, 3, 0].map((id) => stream.next(id))).toEqual(['a', ' b', '\n', 'c', ' a']);
    expect(stream.end()).toBe('');
    expect(tokenizer.stream(0).next(1)).toBe(' b');
    expect(tokenizer.stream(2).next(1)).toBe('b');
    expect(() => stream.next(4)).toThrow(TextError);
    expect(() => tokenizer.stream(4)).toThrow(TextError);
  });

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
