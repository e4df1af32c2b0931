import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { testData } from '../../test/test-data.ts';
import { BpeTokenizer } from '../bpe-tokenizer.ts';
import { CharTokenizer } from '../char-tokenizer.ts';
import type { SplitFractions } from '../split-ids.ts';
import { TextError } from '../text-error.ts';
import type { TokenizerSpec } from '../text-learner.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { Vocabulary } from '../vocabulary.ts';
import { WordTokenizer } from '../word-tokenizer.ts';
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
    expect(train).toEqual(Uint8Array.of(1, 0, 1));
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
      `${path}: Vocabulary.fromTokens: expected at least`,
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
      Uint8Array.of(0, 1, 2, 3),
      Uint8Array.of(2, 1, 3),
      Uint8Array.of(1, 0),
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

describe('paths', () => {
  const files = {
    'texts/a.md': 'a b\n',
    'texts/deep/b.md': 'b c\n',
    'texts/c.txt': 'c c c',
    'texts/empty.md': '',
    'texts/.hidden.md': 'h',
    'texts/node_modules/x.md': 'n',
  };
  const all = { tokenizer: 'word', split: { valid: 0, test: 0 } } as const;

  test('may be a pattern, which leaves out what is empty, hidden or in node_modules', async () => {
    const folder = await temporaryFolder(files);
    const corpus = await loadCorpus({ train: `${folder}/texts/**/*.md` }, all);
    expect(corpus.tokenizer.decode(corpus.train)).toBe('a b\n\nb c\n');
    expect(corpus.description).toBe(
      '2 files joined to one text of 7 words: all to train; 1 file left out, empty or not text',
    );
  });

  test('may be a pattern in a folder whose name looks like one', async () => {
    const folder = await temporaryFolder({ 'Books (old) [1]/a.md': 'this', 'Books (old) [1]/b.txt': 'that' });
    const corpus = await loadCorpus({ train: `${folder}/Books (old) [1]/*.md` }, all);
    expect(corpus.tokenizer.vocabulary.tokens).toEqual(['this']);
    const none = `${folder}/Books (old) [1]/c.md`;
    await expect(loadCorpus({ train: none }, all)).rejects.toThrow(`there is no file or folder at ${none}`);
  });

  test('may be several, joined in their order, each file once', async () => {
    const folder = await temporaryFolder(files);
    const train = ['texts/c.txt', 'texts/*.md', 'texts/a.md', 'texts'].map((path) => join(folder, path));
    const corpus = await loadCorpus({ train }, all);
    expect(corpus.tokenizer.decode(corpus.train)).toBe('c c c\na b\n\nb c\n');
  });

  test('may be names that look like a pattern', async () => {
    const folder = await temporaryFolder({ 'a[1].txt': 'this', 'a1.txt': 'that' });
    const { tokenizer } = await loadCorpus(join(folder, 'a[1].txt'), all);
    expect(tokenizer.vocabulary.tokens).toEqual(['this']);
  });

  test('that match nothing are named, with where they were looked for', async () => {
    const folder = await temporaryFolder(files);
    const pattern = `${folder}/texts/*.html`;
    await expect(loadCorpus({ train: pattern }, all)).rejects.toThrow(
      new TextError(
        `loadCorpus: found no text for the pattern ${pattern}: no file matches it, seen from ${process.cwd()}. ` +
          'Check the pattern.',
      ),
    );
    await expect(loadCorpus({ train: `${folder}/texts/e*.md` }, all)).rejects.toThrow('are empty');
    await expect(loadCorpus({ train: [] }, all)).rejects.toThrow('loadCorpus: found no text for train.');
    await expect(loadCorpus(join(folder, 'none'), all)).rejects.toThrow(
      `loadCorpus: there is no file or folder at ${join(folder, 'none')}. Check the path.`,
    );
  });

  test('that match what is not text are refused, with the file and the offset', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'a', 'b.txt': Uint8Array.of(65, 0xe9, 65) });
    await expect(loadCorpus(`${folder}/*.txt`, all)).rejects.toThrow(
      `loadCorpus: ${folder}/b.txt is not valid UTF-8 (byte 0xE9 at offset 1); save it as UTF-8`,
    );
  });
});

describe('texts to validate and test on', () => {
  test('may be given, and are left out of a folder or a pattern to train on', async () => {
    const folder = await temporaryFolder({ '1.txt': 'a b c', '2.txt': 'b c', '3.txt': 'c a' });
    const [valid, test] = [join(folder, '2.txt'), `${folder}/3*`];
    for (const train of [folder, `${folder}/*.txt`]) {
      const corpus = await loadCorpus({ train, valid, test }, { tokenizer: 'word' });
      expect(
        [corpus.train, corpus.valid, corpus.test].map((ids) => ids && corpus.tokenizer.decode(ids)),
      ).toEqual(['a b c', 'b c', 'c a']);
      expect(corpus.isOneText).toBe(false);
      expect(corpus.description).toBe('three texts: 3 words to train, 2 to validate, 2 to test');
    }
  });

  test('may be the text to train on, if that is named', async () => {
    const path = join(await temporaryFolder({ 'a.txt': 'a b c' }), 'a.txt');
    const { train, valid, test } = await loadCorpus({ train: path, valid: path }, { tokenizer: 'word' });
    expect(valid).toEqual(train);
    expect(test).toBeUndefined();
  });

  test('come from a folder of splits, unless others are given', async () => {
    const folder = await temporaryFolder({
      'ptb/ptb.train.txt': 'a b\n',
      'ptb/ptb.valid.txt': 'b\n',
      'ptb/ptb.test.txt': 'a\n',
      'more.txt': 'c',
    });
    const [ptb, more] = [join(folder, 'ptb'), join(folder, 'more.txt')];
    const joined = await loadCorpus({ train: [ptb, more] }, { tokenizer: 'word' });
    expect(joined.description).toBe('three texts: 5 words to train (2 files), 2 to validate, 2 to test');
    const other = await loadCorpus({ train: [more, ptb], valid: more }, { tokenizer: 'word' });
    expect(other.description).toBe('three texts: 5 words to train (2 files), 1 to validate, 2 to test');
    const whole = await loadCorpus({ train: [more, ptb], valid: ptb, test: ptb }, { tokenizer: 'word' });
    expect(whole.tokenizer.decode(whole.test ?? [])).toBe('a\n');
  });

  test('cannot come from a folder that has none', async () => {
    const folder = await temporaryFolder({ 'train.txt': 'a', 'valid.txt': 'a' });
    await expect(loadCorpus({ train: folder, test: folder }, { tokenizer: 'word' })).rejects.toThrow(
      `loadCorpus: ${folder} has no test.txt. Give the path of a file.`,
    );
  });

  test('are held back as far as wanted', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'abcdefghij'.repeat(100), 'b.txt': 'abc' });
    const load = async (split: SplitFractions, test?: string) => {
      const paths = { train: join(folder, 'a.txt'), test: test && join(folder, test) };
      const corpus = await loadCorpus(paths, { tokenizer: 'char', split });
      return [corpus.train.length, corpus.valid.length, corpus.test?.length, corpus.description];
    };
    const one = 'one text of 1,000 characters: ';
    expect(await load({ valid: 0.125, test: 0.2 })).toEqual([
      675,
      125,
      200,
      `${one}first 67.5 % to train, next 12.5 % to validate, last 20 % to test`,
    ]);
    expect(await load({ test: 0 })).toEqual([
      950,
      50,
      undefined,
      `${one}first 95 % to train, last 5 % to validate`,
    ]);
    expect(await load({ valid: 0 })).toEqual([950, 0, 50, `${one}first 95 % to train, last 5 % to test`]);
    expect(await load({ valid: 0, test: 0 })).toEqual([1000, 0, undefined, `${one}all to train`]);
    expect(await load({ valid: 0.1, test: 0.2 }, 'b.txt')).toEqual([
      900,
      100,
      3,
      'two texts: 1,000 characters, first 90 % to train, last 10 % to validate; 3 to test',
    ]);
    expect(await load({ valid: 0 }, 'b.txt')).toEqual([
      1000,
      0,
      3,
      'two texts: 1,000 characters to train, 3 to test',
    ]);
    await expect(load({ valid: 2 })).rejects.toThrow('splitIds: expected valid to be a fraction');
  });

  test('make up one text with the rest, if they were held back', async () => {
    const path = join(await temporaryFolder({ 'a.txt': 'abc'.repeat(50) }), 'a.txt');
    const { tokenizer, train, valid, test, isOneText } = await loadCorpus(path, { tokenizer: 'char' });
    expect(isOneText).toBe(true);
    expect([train, valid, test ?? []].map((ids) => tokenizer.decode(ids)).join('')).toBe('abc'.repeat(50));
  });
});

describe('the standard input', () => {
  function give(...chunks: Uint8Array[]): void {
    const real = process.stdin;
    const fake = vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from(chunks) as typeof real);
    onTestFinished(() => fake.mockRestore());
  }

  test('is a text like any other, wherever its chunks end', async () => {
    const bytes = Buffer.from('좋아 😀 좋아\r\n끝\n');
    give(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    const corpus = await loadCorpus(
      { train: '-' },
      { tokenizer: { kind: 'word' }, split: { valid: 0, test: 0 } },
    );
    expect(corpus.tokenizer.vocabulary.tokens).toEqual(['좋아', '😀', '<eos>', '끝']);
    expect(corpus.train).toEqual(Uint8Array.of(0, 1, 0, 2, 3, 2));
  });

  test('can teach byte pairs, though it comes only once', async () => {
    const text = 'the cat and the hat and the bat\n'.repeat(20);
    give(Buffer.from(text.slice(0, 50)), Buffer.from(text.slice(50)));
    const { tokenizer, train, valid, test } = await loadCorpus('-', {
      tokenizer: { kind: 'bpe', vocabSize: 270 },
    });
    const known = BpeTokenizer.train(text, { vocabSize: 270 });
    expect(tokenizer.vocabulary.tokens).toEqual(known.vocabulary.tokens);
    expect([...train, ...valid, ...(test ?? [])]).toEqual([...known.encode(text)]);
  });

  test('is named where it is no text, or has something unknown in it', async () => {
    give(Uint8Array.of(65, 66), Uint8Array.of(0xff));
    await expect(loadCorpus('-', { tokenizer: 'char' })).rejects.toThrow(
      'loadCorpus: the standard input is not valid UTF-8 (byte 0xFF at offset 2)',
    );
    give();
    await expect(loadCorpus('-', { tokenizer: 'char' })).rejects.toThrow('the standard input is empty');
    give(Buffer.from('ab'));
    const tokenizer = CharTokenizer.fromText('a');
    await expect(loadCorpus('-', { tokenizer })).rejects.toThrow('the standard input: CharTokenizer.encode:');
  });

  test('cannot be two texts', async () => {
    await expect(loadCorpus({ train: '-', valid: '-' }, { tokenizer: 'char' })).rejects.toThrow(
      'loadCorpus: the standard input can be read only once',
    );
  });
});

describe('a tokenizer', () => {
  test('may turn rare words into <unk>, and then knows every text', async () => {
    const folder = await temporaryFolder({ 'train.txt': 'a b a c b\n', 'valid.txt': 'new b' });
    const tokenizer = { kind: 'word', minCount: 2 } as const;
    const { train, valid, ...corpus } = await loadCorpus(folder, { tokenizer });
    expect(corpus.tokenizer.vocabulary.tokens).toEqual(['a', 'b', '<unk>', '<eos>']);
    expect([train, valid]).toEqual([Uint8Array.of(0, 1, 0, 2, 1, 3), Uint8Array.of(2, 1)]);
    await expect(loadCorpus(folder, { tokenizer: 'word' })).rejects.toThrow(
      'minCount (2, for example) or vocabSize',
    );
  });

  test('may be given itself, and is used as it is', async () => {
    const path = join(await temporaryFolder({ 'a.txt': 'hat cat' }), 'a.txt');
    const tokenizer = BpeTokenizer.train('the cat the cat', { vocabSize: 258 });
    const corpus = await loadCorpus(path, { tokenizer, split: { valid: 0, test: 0 } });
    expect(corpus.tokenizer).toBe(tokenizer);
    expect([...corpus.train]).toEqual([...tokenizer.encode('hat cat')]);
    expect(corpus.description).toBe(`one text of ${corpus.train.length} tokens: all to train`);
  });

  test('is asked for in vain if its kind cannot be made from a text', async () => {
    await expect(loadCorpus('.', { tokenizer: 'huggingface' })).rejects.toThrow(
      'Give a tokenizer of another kind itself.',
    );
    await expect(loadCorpus('.', { tokenizer: { kind: 'char', minCount: 0 } })).rejects.toThrow('minCount');
  });
});

describe('a text of many chunks', () => {
  const line = "It's 좋아 😀😀 the  end,\tand the beginning —\r\n";
  const text = `x${line.repeat(20_000)}`; // 1.3 MB: no chunk ends where a line does.

  test.each<[TokenizerSpec, (text: string) => Tokenizer]>([
    [{ kind: 'word' }, (text) => WordTokenizer.fromText(text)],
    [{ kind: 'word', vocabSize: 4 }, (text) => WordTokenizer.fromText(text, { vocabSize: 4 })],
    [{ kind: 'char', minCount: 20_001 }, (text) => CharTokenizer.fromText(text, { minCount: 20_001 })],
    [{ kind: 'bpe', vocabSize: 300 }, (text) => BpeTokenizer.train(text, { vocabSize: 300 })],
  ])('has the ids that it has as a whole, with %j', async (spec, make) => {
    const path = join(await temporaryFolder({ 'a.txt': text }), 'a.txt');
    const { tokenizer, train } = await loadCorpus(path, { tokenizer: spec, split: { valid: 0, test: 0 } });
    const known = make(text);
    expect(tokenizer.vocabulary.tokens).toEqual(known.vocabulary.tokens);
    expect(
      Buffer.compare(Buffer.from(Int32Array.from(train).buffer), Buffer.from(known.encode(text).buffer)),
    ).toBe(0);
  });

  test('is refused with the offset of its first bad byte', async () => {
    const bytes = Buffer.from(text);
    bytes[1_000_000] = 0xff;
    const folder = await temporaryFolder({ 'a.txt': bytes });
    await expect(loadCorpus(join(folder, 'a.txt'), { tokenizer: 'word' })).rejects.toThrow(
      /a\.txt is not valid UTF-8 \(byte 0x.. at offset (999999|999998|999997|1000000)\)/,
    );
    await expect(loadCorpus(folder, { tokenizer: 'word' })).rejects.toThrow(
      'of its 1 files none is UTF-8 text',
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
