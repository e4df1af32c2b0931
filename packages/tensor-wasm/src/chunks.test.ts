import { describe, expect, it } from 'vitest';
import { LEAST_OUTSIDE, outsideBlockFor } from './chunks.ts';

describe('outsideBlockFor', () => {
  it.each([
    [20, 1600, 256], // recurrent steps: of 256 numbers into 400 units
    [20, 1600, 400],
    [32, 2600, 650],
    [400, 20, 1600], // and their gradients
    [700, 10000, 100],
    [256, 256, 123],
  ])('cuts %d x %d over %d, which goes outside, in two at least', (M, N, K) => {
    expect(M * N * K).toBeGreaterThanOrEqual(LEAST_OUTSIDE);
    const [rows, columns] = outsideBlockFor(M, N, K);
    expect(Math.ceil(M / rows) * Math.ceil(N / columns)).toBeGreaterThanOrEqual(2);
  });

  it('leaves whole what would be cut into slices too thin', () => {
    expect(outsideBlockFor(200, 240, 1000)).toEqual([200, 240]);
  });
});
