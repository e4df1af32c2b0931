import { describe, expect, test } from 'vitest';
import { ShapeError } from './errors.ts';
import { contiguousStrides, expectShape, formatShape, sameShape, sizeOf } from './shape.ts';

test('a shape has the product of its axes as its size, and strides that count the elements between', () => {
  expect(sizeOf([2, 3, 4])).toBe(24);
  expect(contiguousStrides([2, 3, 4])).toEqual([12, 4, 1]);
  expect(contiguousStrides([5])).toEqual([1]);
});

test('shapes are the same when they have the same axes', () => {
  expect(sameShape([2, 3], [2, 3])).toBe(true);
  expect(sameShape([2, 3], [3, 2])).toBe(false);
  expect(sameShape([2, 3], [2, 3, 1])).toBe(false);
});

test('a shape reads as a tuple', () => {
  expect(formatShape([20, 35, 100])).toBe('(20, 35, 100)');
});

describe('expectShape', () => {
  const expectXs = (shape: number[]) => () => expectShape('TimeLSTM.forward', 'xs', shape, ['N', 'T', 100]);

  test('lets letters be any length', () => {
    expect(expectXs([20, 35, 100])).not.toThrow();
    expect(expectXs([1, 1, 100])).not.toThrow();
  });

  test('says which operation expected what, and what it got', () => {
    expect(expectXs([20, 35, 64])).toThrow(ShapeError);
    expect(expectXs([20, 35, 64])).toThrow('TimeLSTM.forward: expected xs (N, T, 100), got (20, 35, 64)');
  });

  test('refuses another number of axes', () => {
    expect(expectXs([20, 100])).toThrow('TimeLSTM.forward: expected xs (N, T, 100), got (20, 100)');
    expect(expectXs([1, 20, 35, 100])).toThrow('got (1, 20, 35, 100)');
  });
});
