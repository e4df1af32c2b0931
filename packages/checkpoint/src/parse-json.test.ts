import { describe, expect, it } from 'vitest';
import { CheckpointError } from './checkpoint-error.ts';
import { parseJson } from './parse-json.ts';

const parse = (text: string): unknown => parseJson(new TextEncoder().encode(text), 'tokenizer.json');

describe('parseJson', () => {
  it('reads any value', () => {
    for (const value of [null, 1, 'a, [b]: {c}', [1, [2]], { a: { b: ['"', '\\', ','] } }]) {
      expect(parse(JSON.stringify(value))).toEqual(value);
    }
  });

  it('reads as many tokens and merges as the largest tokenizers have', () => {
    const vocab = Array.from({ length: 260_000 }, (_, id) => `"${id}":${id}`);
    const text = `{"vocab":{${vocab.join(',')}},"merges":[${'["a","b"],'.repeat(510_000)}["a","b"]]}`;
    expect(parse(text)).toHaveProperty('merges');
  });

  it.each([
    ['arrays', '[],', 1_000_000],
    ['objects', '{},', 1_000_000],
    ['numbers', '0,', 4_000_001],
  ])('makes nothing of %s without number', (_, each, count) => {
    const before = process.memoryUsage().heapUsed;
    const bytes = new TextEncoder().encode(`[${each.repeat(count)}0]`);
    expect(() => parseJson(bytes, 'tokenizer.json')).toThrow(CheckpointError);
    expect(() => parseJson(bytes, 'tokenizer.json')).toThrow('expected at most 4000000 values');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(30_000_000);
  });
});
