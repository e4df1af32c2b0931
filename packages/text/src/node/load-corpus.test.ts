import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { testData } from '../../test/test-data.ts';
import { TextError } from '../text-error.ts';
import { Vocabulary } from '../vocabulary.ts';
import { loadCorpus } from './load-corpus.ts';

describe('one text', () => {
  test('is cut into three parts, and its vocabulary comes from all of it', async () => {
    const path = join(
      await temporaryFolder({ 'a.txt': `${'ab'.repeat(450)}${'c'.repeat(50)}${'d'.repeat(50)}` }),
      'a.txt',
    );
    const { tokenizer, train, valid, test, description } = await loadCorpus(path, { tokenizer: 'char' });
    expect(tokenizer.kind).toBe('char');
    expect(tokenizer.vocabulary.tokens).toEqual(['a', 'b', 'c', 'd']);
    expect(train.length).toBe(900);
    expect(new Set(valid)).toEqual(new Set([2]));
    expect(new Set(test)).toEqual(new Set([3]));
    expect(description).toBe(
      'one text of 1,000 characters: first 90 % to train, next 5 % to validate, last 5 % to test',
    );
  });

  test('can come from several files and be cut at words', async () => {
    const folder = await temporaryFolder({ '1.txt': 'a b', '2.txt': 'c a' });
    const corpus = await loadCorpus(folder, { tokenizer: 'word' });
    expect(corpus.tokenizer.vocabulary.tokens).toEqual(['a', 'b', '<eos>', 'c']);
    expect(corpus.description).toMatch(/^2 files joined to one text of 5 words: first 90 % to train/);
  });

  test('is read with the vocabulary of a model if one is given', async () => {
    const path = join(await temporaryFolder({ 'a.txt': 'b a b' }), 'a.txt');
    const vocabulary = Vocabulary.fromTokens(['a', 'b', 'c']);
    const { tokenizer, train } = await loadCorpus(path, { tokenizer: 'word', vocabulary });
    expect(tokenizer.vocabulary).toBe(vocabulary);
    expect(train).toEqual(Int32Array.of(1, 0, 1));
  });

  test('is named where the vocabulary does not suit it', async () => {
    const path = join(await temporaryFolder({ 'a.txt': 'a z' }), 'a.txt');
    const options = { tokenizer: 'word', vocabulary: Vocabulary.fromTokens(['a']) } as const;
    const error = await loadCorpus(path, options).catch((error) => error);
    expect(error).toBeInstanceOf(TextError);
    expect(error.message).toContain(`${path}: WordTokenizer.encode: the vocabulary of 1 words has no "z".`);
  });

  test('is named where it has no words at all', async () => {
    const path = join(await temporaryFolder({ 'a.txt': ' \t ' }), 'a.txt');
    await expect(loadCorpus(path, { tokenizer: 'word' })).rejects.toThrow(
      `${path}: Vocabulary.build: expected at least`,
    );
  });
});

describe('splits', () => {
  test('take their vocabulary from the training text alone', async () => {
    const folder = await temporaryFolder({
      'train.txt': 'a <unk> b\n',
      'valid.txt': 'b x\n',
      'test.txt': 'y a',
    });
    const { tokenizer, train, valid, test, description } = await loadCorpus(folder, { tokenizer: 'word' });
    expect(tokenizer.vocabulary.tokens).toEqual(['a', '<unk>', 'b', '<eos>']);
    expect([train, valid, test]).toEqual([
      Int32Array.of(0, 1, 2, 3),
      Int32Array.of(2, 1, 3),
      Int32Array.of(1, 0),
    ]);
    expect(description).toBe('three texts: 4 words to train, 3 to validate, 2 to test');
  });

  test('may lack a text to test on', async () => {
    const folder = await temporaryFolder({ 'train.txt': 'abc', 'valid.txt': 'cb' });
    const { test, description } = await loadCorpus(folder, { tokenizer: 'char' });
    expect(test).toBeUndefined();
    expect(description).toBe('two texts: 3 characters to train, 2 to validate');
  });

  test('name the file whose tokens are unknown', async () => {
    const folder = await temporaryFolder({ 'train.txt': 'abc', 'valid.txt': 'cb', 'test.txt': 'abd' });
    await expect(loadCorpus(folder, { tokenizer: 'char' })).rejects.toThrow(
      `${join(folder, 'test.txt')}: CharTokenizer.encode: the vocabulary of 3 characters lacks 1 of the text's: "d"`,
    );
  });
});

const ptb = testData('ptb');

test.skipIf(!ptb.present)(`the Penn Treebank is three texts of its known sizes (${ptb.title})`, async () => {
  const { tokenizer, description } = await loadCorpus(ptb.path, { tokenizer: 'word' });
  expect(tokenizer.vocabulary.size).toBe(10_000);
  expect(description).toBe('three texts: 929,589 words to train, 73,760 to validate, 82,430 to test');
});

const shakespeare = testData('tinyshakespeare/input.txt');

test.skipIf(!shakespeare.present)(
  `Tiny Shakespeare is one text of its known size (${shakespeare.title})`,
  async () => {
    const { train, valid, test, description } = await loadCorpus(shakespeare.path, { tokenizer: 'char' });
    expect([train.length, valid.length, test?.length]).toEqual([1_003_854, 55_770, 55_770]);
    expect(description).toBe(
      'one text of 1,115,394 characters: first 90 % to train, next 5 % to validate, last 5 % to test',
    );
  },
);
