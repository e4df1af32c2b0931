import { MemoryError } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { Heap } from './heap.ts';

const makeHeap = (pages = 1, start = 1024) => {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 1024 });
  return { memory, heap: new Heap(memory, start) };
};

describe('Heap', () => {
  it('hands out pieces at multiples of 64 that do not overlap', () => {
    const { heap } = makeHeap();
    const pieces = [100, 64, 1, 5000].map((size) => ({ size, address: heap.take(size) }));
    for (const { address } of pieces) expect(address % 64).toBe(0);
    pieces.sort((a, b) => a.address - b.address);
    for (let i = 1; i < pieces.length; i++) {
      expect(pieces[i].address).toBeGreaterThanOrEqual(pieces[i - 1].address + pieces[i - 1].size);
    }
  });

  it('hands out again what was given back, joined with what is free beside it', () => {
    const { memory, heap } = makeHeap(2);
    const [a, b, c] = [heap.take(20_000), heap.take(20_000), heap.take(20_000)];
    const size = memory.buffer.byteLength;
    for (const piece of [a, c, b]) heap.give(piece);
    expect(heap.take(60_000)).toBe(a);
    expect(memory.buffer.byteLength).toBe(size);
  });

  it('grows in steps when there is no room, beginning with the free end', () => {
    const { memory, heap } = makeHeap();
    const address = heap.take(100_000);
    expect(address).toBe(1024);
    expect(memory.buffer.byteLength).toBe(65536 + 4 * 1024 * 1024);
  });

  it('says how much was missing when it cannot grow so far, and goes on', () => {
    const { heap } = makeHeap();
    expect(() => heap.take(2 ** 27)).toThrow(MemoryError);
    expect(() => heap.take(2 ** 27)).toThrow('expected room for 134217728 more bytes');
    expect(heap.take(100)).toBe(1024);
  });

  it('survives thousands of takes and gives in any order without growing', () => {
    const { memory, heap } = makeHeap(16);
    const held: number[] = [];
    let seed = 1;
    const next = (n: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % n;
    };
    for (let i = 0; i < 5000; i++) {
      if (held.length > 20 || (held.length > 0 && next(2) === 0))
        heap.give(held.splice(next(held.length), 1)[0]);
      else held.push(heap.take(1 + next(9000)));
    }
    expect(memory.buffer.byteLength).toBe(16 * 65536);
    for (const piece of held) heap.give(piece);
    expect(heap.take(16 * 65536 - 1024)).toBe(1024);
  });
});
