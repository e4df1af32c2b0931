import { describe, expect, it } from 'vitest';
import { Thinned } from './thinned.ts';

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function thinned(length: number, most: number): number[] {
  const list = new Thinned<number>(most, mean);
  for (let i = 0; i < length; i++) list.push(i);
  return list.items();
}

describe('Thinned', () => {
  it('keeps every item while there are few', () => {
    expect(thinned(7, 8)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('merges stretches of the same length when there are many, and a shorter one at the end', () => {
    expect(thinned(9, 4)).toEqual([1.5, 5.5, 8]);
    expect(thinned(16, 4)).toEqual([3.5, 11.5]);
  });

  it('keeps between half of the most and the most of a long list', () => {
    for (const length of [100, 1000, 4097, 100_000]) {
      const { length: kept } = thinned(length, 64);
      expect(kept).toBeGreaterThanOrEqual(32);
      expect(kept).toBeLessThanOrEqual(64);
    }
  });
});
