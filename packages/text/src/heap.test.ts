import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from './heap.ts';

test('whatever comes before everything else is taken first, also between additions', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
      const heap = new Heap<number>((a, b) => a < b);
      let expected: number[] = [];
      for (const step of steps) {
        if (step === undefined) {
          expect(heap.take()).toBe(expected[0]);
          expected = expected.slice(1);
        } else {
          heap.add(step);
          expected = [...expected, step].sort((a, b) => a - b);
        }
      }
      for (const item of expected) expect(heap.take()).toBe(item);
      expect(heap.take()).toBeUndefined();
    }),
  );
});
