import fixture from '@unroll/fixtures/threefry.json' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { ValueError } from './errors.ts';
import { keyOf, threefry2x32 } from './threefry.ts';

const knownAnswers = fixture.cases.filter(({ name }) => name.startsWith('known-answer'));

describe('threefry2x32', () => {
  test.each(knownAnswers)("gives the authors' $name", ({ inputs, expected }) => {
    const [counter, key] = [inputs.counter?.data ?? [], inputs.key?.data ?? []];
    const words = new Uint32Array(2);
    threefry2x32(words, key[0], key[1], counter[0], counter[1]);
    expect(Array.from(words)).toEqual(expected.words.data);
  });

  test('was held against known answers', () => {
    expect(knownAnswers).toHaveLength(3);
  });

  test('takes counters beyond 32 bits modulo 2^32', () => {
    const [words, wrapped] = [new Uint32Array(2), new Uint32Array(2)];
    threefry2x32(words, 1, 2, 5, 7);
    threefry2x32(wrapped, 1, 2, 2 ** 32 + 5, 2 ** 33 + 7);
    expect(wrapped).toEqual(words);
  });
});

describe('keyOf', () => {
  test('splits a seed into its low and high word', () => {
    expect(keyOf(0)).toEqual([0, 0]);
    expect(keyOf(2 ** 32 - 1)).toEqual([0xffffffff, 0]);
    expect(keyOf(2 ** 40 + 7)).toEqual([7, 256]);
    expect(keyOf(Number.MAX_SAFE_INTEGER)).toEqual([0xffffffff, 0x1fffff]);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (seed) => {
    expect(() => keyOf(seed)).toThrow(ValueError);
    expect(() => keyOf(seed)).toThrow(`seed: expected a whole number from 0 to 2^53 - 1, got ${seed}`);
  });
});
