import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BpeTokenizer } from '../bpe-tokenizer.ts';
import { TextError } from '../text-error.ts';
import { HuggingFaceTokenizer } from './hugging-face-tokenizer.ts';
import { tokenizerFromJSON } from './tokenizer-from-json.ts';

const wordLevel = {
  pre_tokenizer: { type: 'Whitespace' },
  model: { type: 'WordLevel', vocab: { '[UNK]': 0, the: 1, cat: 2, sat: 3 }, unk_token: '[UNK]' },
};

const wordPiece = {
  added_tokens: [
    { id: 1, content: '[CLS]', special: true },
    { id: 2, content: '[SEP]', special: true },
  ],
  normalizer: { type: 'BertNormalizer', lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 1] },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    vocab: { '[UNK]': 0, '[CLS]': 1, '[SEP]': 2, play: 3, '##ing': 4, '##ed': 5, ',': 6 },
  },
};

const unigram = {
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
  model: {
    type: 'Unigram',
    unk_id: 0,
    vocab: [
      ['<unk>', 0],
      ['▁', -3],
      ['▁the', -1],
      ['▁cat', -1],
      ['s', -2],
      ['a', -4],
    ],
  },
};

const bpe = BpeTokenizer.train('좋아해 좋아해 the cat the cat', { vocabSize: 280 });

describe('a tokenizer of another tool', () => {
  test('of words has its tokens, and its own token for what is unknown', () => {
    const tokenizer = HuggingFaceTokenizer.fromJSON(wordLevel);
    expect(tokenizer.kind).toBe('huggingface');
    expect(tokenizer.vocabulary.tokens).toEqual(['[UNK]', 'the', 'cat', 'sat']);
    expect(tokenizer.unknownId).toBe(0);
    expect(tokenizer.encode('the dog sat')).toEqual(Int32Array.of(1, 0, 3));
    expect(tokenizer.decode([1, 2])).toBe('the cat');
    expect(tokenizer.decode([])).toBe('');
    expect(tokenizer.encode('')).toEqual(new Int32Array(0));
  });

  test('of word pieces gets no special tokens added', () => {
    const tokenizer = HuggingFaceTokenizer.fromJSON(wordPiece);
    expect(tokenizer.encode('Playing, played')).toEqual(Int32Array.of(3, 4, 6, 3, 5));
    expect(tokenizer.decode([1, 3, 4, 6, 3, 5])).toBe('[CLS] playing , played');
  });

  test('of a unigram model reads what a word begins with', () => {
    const tokenizer = HuggingFaceTokenizer.fromJSON(unigram);
    expect(tokenizer.encode('the cats')).toEqual(Int32Array.of(2, 3, 4));
    expect(tokenizer.decode([2, 3, 4])).toBe('the cats');
    expect(tokenizer.unknownId).toBe(0);
    expect(tokenizer.encode('the 개')).toEqual(Int32Array.of(2, 1, 0));
  });

  test('is kept as it was read', () => {
    const tokenizer = HuggingFaceTokenizer.fromJSON(wordPiece);
    expect(JSON.parse(JSON.stringify(tokenizer))).toEqual(wordPiece);
  });

  test('names the gaps in its vocabulary', () => {
    const model = { ...wordLevel.model, vocab: { '[UNK]': 0, the: 2 } };
    expect(HuggingFaceTokenizer.fromJSON({ ...wordLevel, model }).vocabulary.tokens).toEqual([
      '[UNK]',
      '<unused 1>',
      'the',
    ]);
  });
});

describe('ids become text one by one', () => {
  test.each([
    ['word pieces', wordPiece, 'playing, played'],
    ['a unigram model', unigram, 'the cats a the'],
    ['byte pairs', bpe.toJSON(), 'the 좋아해 😀 cat'],
  ])('with %s', (_, json, text) => {
    const tokenizer = HuggingFaceTokenizer.fromJSON(json);
    const ids = tokenizer.encode(text);
    const stream = tokenizer.stream();
    const parts = Array.from(ids, (id) => stream.next(id));
    expect(parts.join('') + stream.end()).toBe(tokenizer.decode(ids));
    expect(parts.join('')).not.toContain('\uFFFD');
    expect(tokenizer.stream(ids[0]).next(ids[1])).toBe(parts[1]);
  });

  test('and what is left of a character comes at the end', () => {
    const tokenizer = HuggingFaceTokenizer.fromJSON(BpeTokenizer.train('').toJSON());
    const stream = tokenizer.stream();
    const [first] = tokenizer.encode('한');
    expect([stream.next(first), stream.end()]).toEqual(['', '\uFFFD']);
  });
});

test('byte pairs have the same ids as a BpeTokenizer', () => {
  const foreign = HuggingFaceTokenizer.fromJSON(bpe.toJSON());
  expect(foreign.vocabulary.tokens).toEqual(bpe.vocabulary.tokens);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('t', 'h', 'e', ' ', '좋', '해', '😀', '\n') }), (text) => {
      expect(foreign.encode(text)).toEqual(bpe.encode(text));
    }),
  );
});

test('tokenizerFromJSON takes a BpeTokenizer where it can', () => {
  expect(tokenizerFromJSON(bpe.toJSON())).toBeInstanceOf(BpeTokenizer);
  expect(tokenizerFromJSON(wordPiece)).toBeInstanceOf(HuggingFaceTokenizer);
  expect(() => tokenizerFromJSON({})).toThrow(TextError);
});

describe('refused are', () => {
  test('ids that are none', () => {
    const tokenizer = HuggingFaceTokenizer.fromJSON(wordLevel);
    expect(() => tokenizer.decode([4])).toThrow('Vocabulary.token: expected an id from 0 to 3, got 4');
    expect(() => tokenizer.stream().next(-1)).toThrow(TextError);
  });

  test('a text with something unknown, where nothing stands for it', () => {
    const { unk_token: _, ...model } = wordLevel.model;
    const tokenizer = HuggingFaceTokenizer.fromJSON({ ...wordLevel, model });
    expect(tokenizer.unknownId).toBeUndefined();
    expect(() => tokenizer.encode('the dog')).toThrow(
      new TextError(
        'HuggingFaceTokenizer.encode: the vocabulary of 4 tokens has no "dog", and none that stands for what is unknown. ' +
          'Use a tokenizer that knows this text.',
      ),
    );
  });

  test.each([
    [null],
    [7],
    ['tokenizer'],
    [{}],
    [{ model: null }],
    [{ model: { type: 'Other' } }],
    [{ model: { type: 'BPE', vocab: { a: 0 } } }],
    [{ ...wordLevel, pre_tokenizer: { type: 'Other' } }],
    [{ ...wordLevel, added_tokens: 7 }],
    [{ ...wordLevel, added_tokens: [{ content: 'x' }] }],
    [{ ...wordLevel, model: { ...wordLevel.model, vocab: { a: 4e9 } } }],
    [{ ...wordLevel, model: { ...wordLevel.model, vocab: { a: -1 } } }],
    [{ ...wordLevel, model: { ...wordLevel.model, vocab: {} } }],
  ])('files such as %j', (json) => {
    expect(() => HuggingFaceTokenizer.fromJSON(json)).toThrow(TextError);
  });
});
