import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GrowingIds } from './growing-ids.ts';

test.each([
  [256, Uint8Array],
  [257, Uint16Array],
  [65_536, Uint16Array],
  [65_537, Int32Array],
])('ids of a vocabulary of %i fit into what holds them, and no more', (size, Type) => {
  const ids = new GrowingIds();
  ids.append([size - 1, 0], size);
  expect(ids.toIds(size)).toEqual(Type.of(size - 1, 0));
});

test('ids become wider when the vocabulary grows, and narrower when it shrinks again', () => {
  const ids = new GrowingIds();
  ids.append([255], 256, 0.1);
  ids.append([70_000, 3], 70_001, 0.2);
  expect(ids.toIds(70_001)).toEqual(Int32Array.of(255, 70_000, 3));
  ids.renumber(Int32Array.from({ length: 70_001 }, (_, id) => id % 100));
  expect(ids.toIds(100)).toEqual(Uint8Array.of(55, 0, 3));
});

test('all ids are there in their order, whatever was thought about how many would come', () => {
  const part = fc.record({
    ids: fc.array(fc.nat(99_999)),
    share: fc.option(fc.double({ min: 0.001, max: 3, noNaN: true }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const growing = new GrowingIds();
      for (const { ids, share } of parts) growing.append(ids, Math.max(0, ...ids) + 1, share);
      const all = parts.flatMap(({ ids }) => ids);
      expect(growing.length).toBe(all.length);
      expect([...growing.toIds(100_000)]).toEqual(all);
      expect([...growing.counts(100_000)]).toEqual(
        all.reduce((counts, id) => {
          counts[id]++;
          return counts;
        }, new Array(100_000).fill(0)),
      );
    }),
    { numRuns: 20 },
  );
});
