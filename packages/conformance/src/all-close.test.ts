import { describe, expect, test } from 'vitest';
import { firstDifference, toBeAllClose } from './all-close.ts';

expect.extend({ toBeAllClose });

describe('firstDifference', () => {
  test('is undefined when every number is within atol + rtol * |expected|', () => {
    expect(firstDifference([1, -200], [1.0001, -200.01], { rtol: 1e-4, atol: 0 })).toBeUndefined();
    expect(firstDifference([0.01], [0], { rtol: 0, atol: 0.01 })).toBeUndefined();
    expect(firstDifference([], [])).toBeUndefined();
  });

  test('counts what differs and names the worst', () => {
    expect(firstDifference([1, 2.5, 3.1], [1, 2, 3], { rtol: 0, atol: 0.01 })).toBe(
      '2 of 3 numbers differ by more than 0.01 + 0 * |expected|; the worst at 1: expected 2, got 2.5',
    );
  });

  test('measures against the expected number, not the actual', () => {
    expect(firstDifference([100], [1], { rtol: 1, atol: 0 })).toContain('1 of 1');
  });

  test('takes NaN as close to nothing, and as worse than any number', () => {
    expect(firstDifference([Number.NaN], [Number.NaN])).toContain('1 of 1');
    expect(firstDifference([1, Number.NaN, 9], [0, 0, 0])).toContain('3 of 3');
    expect(firstDifference([1, Number.NaN, 9], [0, 0, 0])).toContain('the worst at 1: expected 0, got NaN');
  });

  test('takes an infinity as close to itself only', () => {
    expect(firstDifference([Infinity], [Infinity])).toBeUndefined();
    expect(firstDifference([-Infinity], [Infinity])).toContain('1 of 1');
    expect(firstDifference([1e300], [Infinity])).toContain('1 of 1');
    expect(firstDifference([Infinity], [1e300])).toContain('1 of 1');
  });

  test('sees lists of different length', () => {
    expect(firstDifference([1, 2], [1, 2, 3])).toBe('expected 3 numbers, got 2');
  });

  test('is to the bit with tolerances of 0', () => {
    expect(firstDifference([1 + 2 ** -52], [1], { rtol: 0, atol: 0 })).toContain('1 of 1');
    expect(firstDifference([1], [1], { rtol: 0, atol: 0 })).toBeUndefined();
  });
});

describe('toBeAllClose', () => {
  test('passes for typed and plain arrays that are close', () => {
    expect(new Float32Array([0.1, 0.2])).toBeAllClose([0.1, 0.2]);
    expect([0.1, 0.3]).not.toBeAllClose([0.1, 0.2]);
  });

  test('fails with what differs most', () => {
    expect(() => expect([1, 2]).toBeAllClose([1, 3])).toThrow('the worst at 1: expected 3, got 2');
  });

  test('fails, negated, when all are close', () => {
    expect(() => expect([1, 2]).not.toBeAllClose([1, 2])).toThrow(
      'expected numbers that differ, all 2 are close',
    );
  });
});
