import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { Pieces } from './pieces.ts';
import { TextLearner, type TokenizerSpec } from './text-learner.ts';
import type { Tokenizer } from './tokenizer.ts';
import { WordTokenizer } from './word-tokenizer.ts';

const unit = fc.constantFrom(
  'a',
  'b',
  'é',
  '가',
  '😀',
  '\uD83D',
  '\uDE00',
  '7',
  '.',
  "'",
  's',
  ' ',
  ' ',
  '\t',
  '\r',
  '\n',
  '\x85',
  '\u3000',
  '\uFEFF',
);
const chunks = fc.array(fc.string({ unit, maxLength: 6 }), { minLength: 1, maxLength: 12 });

function piecesOf(kind: Tokenizer['kind'], chunks: readonly string[]): string[] {
  const pieces = new Pieces(kind);
  return [...chunks.map((chunk) => pieces.add(chunk)), pieces.end()];
}

function learn(spec: TokenizerSpec, pieces: readonly string[]): { tokenizer: Tokenizer; ids: number[] } {
  const learner = new TextLearner(spec);
  for (const piece of pieces) learner.add(piece);
  const { tokenizer, ids } = learner.finish();
  return { tokenizer, ids: [...ids] };
}

describe.each<TokenizerSpec>([
  { kind: 'word' },
  { kind: 'word', minCount: 2 },
  { kind: 'char' },
  { kind: 'char', vocabSize: 4 },
  { kind: 'bpe', vocabSize: 270 },
])('a text that comes in chunks, with %j,', (spec) => {
  /** With one word that is not rare, where rare ones are unknown. */
  const texts = 'minCount' in spec ? chunks.map((some) => [...some, ' q', ' q']) : chunks;

  test('gives the tokens and the ids that it gives as a whole', () => {
    fc.assert(
      fc.property(texts, (chunks) => {
        const text = chunks.join('');
        fc.pre(spec.kind !== 'word' || /[^ \t\r]/.test(text));
        fc.pre(text !== '');
        const pieces = piecesOf(spec.kind, chunks);
        expect(pieces.join('')).toBe(text);

        const { tokenizer, ids } = learn(spec, pieces);
        expect(tokenizer.vocabulary).toEqual(learn(spec, [text]).tokenizer.vocabulary);
        const known = pieces.flatMap((piece) => [...tokenizer.encode(piece)]);
        expect(known).toEqual([...tokenizer.encode(text)]);
        expect(ids).toEqual(known);
      }),
      { numRuns: 500 },
    );
  });
});

test('a piece comes out as soon as no later text can change its tokens', () => {
  const pieces = new Pieces('word');
  expect(['the c', 'at', ' s', 'at\n', 'on'].map((chunk) => pieces.add(chunk))).toEqual([
    'the ',
    '',
    'cat ',
    'sat\n',
    '',
  ]);
  expect(pieces.end()).toBe('on');
});

test('byte pairs are cut before white space, which goes with the word after it', () => {
  const pieces = new Pieces('bpe');
  expect(['the c', 'at', ' ', ' sat', '.'].map((chunk) => pieces.add(chunk))).toEqual([
    'the',
    '',
    ' cat',
    '',
    '',
  ]);
  expect(pieces.end()).toBe('  sat.');
});

test('a text without end and without white space is refused, unless its tokens are characters', () => {
  const chunk = 'x'.repeat(2 ** 22);
  const pieces = new Pieces('word');
  for (let i = 0; i < 4; i++) pieces.add(chunk);
  expect(() => pieces.add(chunk)).toThrow('expected white space in 16,777,216 characters of text, got none');
  expect(new Pieces('char').add(chunk)).toBe(chunk);
});

test('a text that was read before can be learnt and known alike', () => {
  const text = 'to be or not to be\n';
  expect(learn({ kind: 'word' }, [text]).tokenizer).toEqual(WordTokenizer.fromText(text));
  const { tokenizer } = learn({ kind: 'bpe', vocabSize: 260 }, [text]);
  expect(tokenizer.toJSON?.()).toEqual(BpeTokenizer.train(text, { vocabSize: 260 }).toJSON());
});

test.each([
  [
    { kind: 'bpe', minCount: 2 },
    "tokenizer: expected no minCount for the kind 'bpe', to which no text is unknown",
  ],
  [{ kind: 'bpe', vocabSize: 255 }, 'expected vocabSize to be an integer of at least 256'],
  [{ kind: 'char', minCount: -1 }, 'expected minCount to be an integer of at least 1, got -1'],
  [
    { kind: 'huggingface' },
    "expected the kind 'word', 'char' or 'bpe' to make from a text, got \"huggingface\"",
  ],
])('nothing is learnt by %j', (spec, message) => {
  expect(() => new TextLearner(spec as TokenizerSpec)).toThrow(message);
});
