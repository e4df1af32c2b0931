import { expect, test } from 'vitest';
import { uniformAt } from './uniform-at.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('is the same for the same numbers, and depends on each of them and on their order', () => {
  const all = [
    uniformAt(1, 2, 3),
    uniformAt(1, 2, 4),
    uniformAt(1, 3, 3),
    uniformAt(2, 2, 3),
    uniformAt(3, 2, 1),
  ];
  expect(new Set(all).size).toBe(5);
  expect(uniformAt(1, 2, 3)).toBe(all[0]);
  expect(uniformAt(2 ** 32 + 1, 2, 3)).not.toBe(all[0]);
  expect(uniformAt(2 ** 53 - 1)).toBeLessThan(1);
});

test('spreads evenly over 0 to 1, along each of its numbers, and neighbours have nothing to do with one another', () => {
  for (const at of [
    (i: number) => uniformAt(0, 0, i),
    (i: number) => uniformAt(0, i, 7),
    (i: number) => uniformAt(i, 0, 0),
  ]) {
    const drawn = Array.from({ length: 10_000 }, (_, i) => at(i));
    const tenths = Array.from({ length: 10 }, (_, tenth) =>
      drawn.filter((u) => Math.floor(u * 10) === tenth),
    );
    // 1,000 in each, with a deviation of 30.
    for (const tenth of tenths) expect(Math.abs(tenth.length - 1000)).toBeLessThan(150);
    const together = drawn.slice(1).map((u, i) => (u - 0.5) * (drawn[i] - 0.5));
    // 1/12 if they were the same; 0 with a deviation of 1/1200 if they are not.
    expect(Math.abs(mean(together))).toBeLessThan(5 / 1200);
  }
});
