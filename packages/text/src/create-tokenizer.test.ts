import { expect, test } from 'vitest';
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

test('refuses a kind that a file made up', () => {
  expect(() => createTokenizer('bpe' as TokenizerKind, Vocabulary.fromTokens(['a']))).toThrow(
    new TextError("createTokenizer: expected the kind 'word' or 'char', got \"bpe\""),
  );
});

test('refuses a vocabulary of words for characters', () => {
  expect(() => createTokenizer('char', Vocabulary.fromTokens(['word']))).toThrow(TextError);
});
