import { expect, test } from 'vitest';
import { BpeTokenizer } from './bpe-tokenizer.ts';
import { CharTokenizer } from './char-tokenizer.ts';
import { createTokenizer } from './create-tokenizer.ts';
import { TextError } from './text-error.ts';
import type { TokenizerKind } from './tokenizer.ts';
import { Vocabulary } from './vocabulary.ts';
import { WordTokenizer } from './word-tokenizer.ts';

test('makes the tokenizer of the kind, over the very vocabulary it was given', () => {
  const vocabulary = Vocabulary.fromTokens(['a', 'b']);
  const word = createTokenizer('word', vocabulary);
  const char = createTokenizer('char', vocabulary);
  expect(word).toBeInstanceOf(WordTokenizer);
  expect(char).toBeInstanceOf(CharTokenizer);
  expect(word.vocabulary).toBe(vocabulary);
  expect(char.vocabulary).toBe(vocabulary);
});

test('restores byte pairs with what was in tokenizer.json', () => {
  const tokenizer = BpeTokenizer.train('the cat, the hat, the bat', { vocabSize: 260 });
  const saved: unknown = JSON.parse(JSON.stringify(tokenizer));
  const restored = createTokenizer('bpe', Vocabulary.fromTokens(tokenizer.vocabulary.tokens), saved);
  expect(restored).toBeInstanceOf(BpeTokenizer);
  expect(restored.encode('the cat')).toEqual(tokenizer.encode('the cat'));
});

test('refuses byte pairs without it, or with that of another model', () => {
  const tokenizer = BpeTokenizer.train('the cat, the hat', { vocabSize: 258 });
  const other = BpeTokenizer.train('that cat', { vocabSize: 257 });
  expect(() => createTokenizer('bpe', tokenizer.vocabulary)).toThrow(
    "createTokenizer: expected what tokenizer.json holds for the kind 'bpe', got nothing",
  );
  expect(() => createTokenizer('bpe', tokenizer.vocabulary, other.toJSON())).toThrow(
    'they belong to different models',
  );
});

test('says where the tokenizers of others are restored', () => {
  expect(() => createTokenizer('huggingface', Vocabulary.fromTokens(['a']))).toThrow(
    'Use HuggingFaceTokenizer.fromJSON of @unroll/text/huggingface.',
  );
});

test('refuses a kind that a file made up', () => {
  expect(() => createTokenizer('wordpiece' as TokenizerKind, Vocabulary.fromTokens(['a']))).toThrow(
    new TextError("createTokenizer: expected the kind 'word', 'char' or 'bpe', got \"wordpiece\""),
  );
});

test('refuses a vocabulary of words for characters', () => {
  expect(() => createTokenizer('char', Vocabulary.fromTokens(['word']))).toThrow(TextError);
});
