import { describe, expect, test } from 'vitest';
import { DTypeError, MemoryError, ShapeError, StateError, UnrollError, ValueError } from './errors.ts';

describe('isInstance of each kind', () => {
  const kinds = [DTypeError, MemoryError, ShapeError, StateError, ValueError];
  test.each(kinds)('of %o knows its own kind and no other', (Kind) => {
    for (const Other of kinds) expect(Kind.isInstance(new Other(''))).toBe(Kind === Other);
    expect(Kind.isInstance(new Error(''))).toBe(false);
  });
});

describe('UnrollError.isInstance', () => {
  test.each([DTypeError, MemoryError, ShapeError, StateError, ValueError])('knows %o', (Kind) => {
    const error = new Kind('what was wrong');
    expect(UnrollError.isInstance(error)).toBe(true);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(Kind.name);
    expect(error.message).toBe('what was wrong');
  });

  test('knows an error of another copy of the package by its marker', () => {
    const foreign = Object.assign(new Error('shape'), { [Symbol.for('unroll.error')]: 'shape' });
    expect(foreign).not.toBeInstanceOf(UnrollError);
    expect(UnrollError.isInstance(foreign)).toBe(true);
  });

  test('knows other errors, and things that are no errors, from these', () => {
    expect(UnrollError.isInstance(new Error('shape'))).toBe(false);
    expect(UnrollError.isInstance({ [Symbol.for('unroll.error')]: 'shape' })).toBe(false);
    expect(UnrollError.isInstance(undefined)).toBe(false);
  });
});
