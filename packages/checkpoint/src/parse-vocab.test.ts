import { describe, expect, it } from 'vitest';
import { CheckpointError } from './checkpoint-error.ts';
import { parseVocab } from './parse-vocab.ts';
import { serializeVocab } from './serialize-vocab.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('vocab.json', () => {
  it('comes back as it was', () => {
    const vocab = ['<unk>', '', ' ', '\n', '"', '\\', '__proto__', 'é', '🌀', '\ud83c'];
    expect(parseVocab(serializeVocab(vocab))).toEqual(vocab);
    expect(parseVocab(serializeVocab([]))).toEqual([]);
  });

  it.each([
    ['no JSON', '["a"', 'expected JSON in UTF-8'],
    ['an object', '{"a":0}', 'expected an array of tokens'],
    ['a number among the tokens', '["a",1]', 'expected every token to be a string, got number at index 1'],
    ['a token twice', '["a","b","a"]', 'the token "a" has two ids, 0 and 2'],
  ])('with %s is refused by name', (_, text, message) => {
    const parse = (): unknown => parseVocab(encode(text), 'model/vocab.json');
    expect(parse).toThrow(CheckpointError);
    expect(parse).toThrow(`model/vocab.json: ${message}`);
  });

  it('is not written with a token twice', () => {
    expect(() => serializeVocab(['a', 'a'])).toThrow('vocab.json: the token "a" has two ids, 0 and 1');
  });

  it('is refused above the number of tokens that can be indexed', () => {
    expect(() => serializeVocab(Array(16_000_001).fill('a'))).toThrow('expected at most 16000000 tokens');
  });
});
