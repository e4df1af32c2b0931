import { describe, expect, it } from 'vitest';
import { elementCount } from './element-count.ts';

describe('elementCount', () => {
  it('is the product of the sizes, 1 for a scalar', () => {
    expect(elementCount([2, 3, 4])).toBe(24);
    expect(elementCount([])).toBe(1);
    expect(elementCount([5, 0])).toBe(0);
    expect(elementCount([2 ** 26, 2 ** 26])).toBe(2 ** 52);
  });

  it.each([[[-1]], [[0.5, 2]], [[Number.NaN]], [[2 ** 53]], [[2 ** 27, 2 ** 26]], [[2 ** 32, 2 ** 32, 0]]])(
    'is undefined for %j, which cannot be counted exactly',
    (shape) => {
      expect(elementCount(shape)).toBeUndefined();
    },
  );
});
