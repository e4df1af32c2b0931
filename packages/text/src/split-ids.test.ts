import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitIds } from './split-ids.ts';

test('gives the first 90 % to train, the next 5 % to validate and the last 5 % to test', () => {
  const ids = Int32Array.from({ length: 100 }, (_, i) => i);
  const { train, valid, test } = splitIds(ids);
  expect([train[0], train.length]).toEqual([0, 90]);
  expect([...valid]).toEqual([90, 91, 92, 93, 94]);
  expect([...test]).toEqual([95, 96, 97, 98, 99]);
});

test('gives views of the ids, not copies', () => {
  const ids = new Int32Array(100);
  const { train, valid, test } = splitIds(ids);
  for (const part of [train, valid, test]) expect(part.buffer).toBe(ids.buffer);
});

test('keeps the type of the ids', () => {
  expect(splitIds(new Uint16Array(100)).valid).toEqual(new Uint16Array(5));
});

test('is exact where floating point is not', () => {
  expect(splitIds(new Int32Array(100), { valid: 0.29, test: 0.07 })).toMatchObject({
    train: { length: 64 },
    valid: { length: 29 },
    test: { length: 7 },
  });
});

test('leaves a part empty if asked for none of it', () => {
  const { train, valid, test } = splitIds(new Int32Array(10), { valid: 0.1, test: 0 });
  expect([train.length, valid.length, test.length]).toEqual([9, 1, 0]);
});

test('always gives back all ids in their order', () => {
  const fraction = fc.double({ min: 0, max: 0.499, noNaN: true });
  fc.assert(
    fc.property(fc.int32Array(), fraction, fraction, (ids, valid, test) => {
      const parts = splitIds(ids, { valid, test });
      expect([...parts.train, ...parts.valid, ...parts.test]).toEqual([...ids]);
    }),
  );
});

test.each([
  [{ valid: -0.1 }, 'splitIds: expected valid to be a fraction from 0 to below 1, got -0.1'],
  [{ test: 5 }, 'splitIds: expected test to be a fraction from 0 to below 1, got 5'],
  [{ test: Number.NaN }, 'splitIds: expected test to be a fraction from 0 to below 1, got NaN'],
  [
    { valid: 0.5, test: 0.5 },
    'splitIds: expected valid + test below 1, got 0.5 + 0.5. Leave a part to train on.',
  ],
])('refuses the fractions %j', (fractions, message) => {
  expect(() => splitIds(new Int32Array(10), fractions)).toThrow(message);
});
