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
    ['nothing', '', 'expected an array of tokens'],
    ['an object', '{"a":0}', 'expected an array of tokens'],
    ['a number among the tokens', '["a",1]', 'expected every token to be a string, got number at index 1'],
    ['null among the tokens', '[null]', 'expected every token to be a string, got object at index 0'],
    ['an array among the tokens', '["a", []]', 'expected every token to be a string, got object at index 1'],
    ['true among the tokens', '[true]', 'expected every token to be a string, got boolean at index 0'],
    ['a comma too much', '["a",]', 'expected JSON in UTF-8 (at byte 5)'],
    ['nothing but a comma', '[,]', 'expected JSON in UTF-8 (at byte 1)'],
    ['no comma', '["a" "b"]', 'expected JSON in UTF-8 (at byte 5)'],
    ['no end', '["a",', 'expected JSON in UTF-8 (it ends too early)'],
    ['an open string', '["a', 'expected JSON in UTF-8 (it ends too early)'],
    ['a string that ends in its escape', '["\\', 'expected JSON in UTF-8 (it ends too early)'],
    ['an unknown escape', '["\\x41"]', 'expected JSON in UTF-8 ('],
    ['more behind it', '["a"] x', 'expected JSON in UTF-8 (at byte 6)'],
    ['a token twice', '["a","b","a"]', 'the token "a" has two ids, 0 and 2'],
  ])('with %s is refused by name', (_, text, message) => {
    const parse = (): unknown => parseVocab(encode(text), 'model/vocab.json');
    expect(parse).toThrow(CheckpointError);
    expect(parse).toThrow(`model/vocab.json: ${message}`);
  });

  it('may have space wherever JSON may, and a byte order mark', () => {
    expect(parseVocab(encode('\ufeff \n[\t"a\\"]" ,\r\n"[" ] \n'))).toEqual(['a"]', '[']);
    expect(parseVocab(encode(' [ ] '))).toEqual([]);
  });

  it('takes no memory for what is no token, of which a file may have many millions', () => {
    const bytes = new Uint8Array(30_000_001).fill(0x20);
    for (let at = 0; at < bytes.length; at += 3)
      bytes.set([0x5b, 0x5d, 0x2c].slice(0, bytes.length - at), at); // [],
    bytes[0] = 0x5b;
    const before = process.memoryUsage().heapUsed;
    expect(() => parseVocab(bytes)).toThrow(CheckpointError);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(30_000_000); // JSON.parse would take 800 MB
  });

  it('is not written with a token twice', () => {
    expect(() => serializeVocab(['a', 'a'])).toThrow('vocab.json: the token "a" has two ids, 0 and 1');
  });

  it('is refused above the number of tokens that can be indexed', () => {
    expect(() => serializeVocab(Array(16_000_001).fill('a'))).toThrow('expected at most 16000000 tokens');
  });
});
