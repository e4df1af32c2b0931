import { describe, expect, it } from 'vitest';
import { drawCurve } from './loss-curve.ts';

const points = (...losses: number[]) => losses.map((loss, i) => ({ step: i + 1, loss }));

describe('drawCurve', () => {
  it('draws a line from corner to corner', () => {
    const curve = drawCurve(points(4, 3, 2, 1), [], 2, 1);
    // Four columns of dots, one a row lower each.
    expect(curve?.rows).toEqual([String.fromCharCode(0x2800 + 0x01 + 0x10, 0x2800 + 0x04 + 0x80)]);
    expect(curve).toMatchObject({ highest: 4, lowest: 1, firstStep: 1, lastStep: 4 });
  });

  it('has no gaps, neither where it falls nor where points are far apart', () => {
    const curve = drawCurve(points(9, 1, 9, 1), [], 20, 6);
    for (let cell = 0; cell < 20; cell++) {
      expect(curve?.rows.some((row) => row[cell] !== ' ')).toBe(true);
    }
    for (const row of curve?.rows ?? []) expect(row.trim()).not.toBe('');
  });

  it('takes the mean where many points share a column', () => {
    const many = Array.from({ length: 4000 }, (_, i) => ({ step: i, loss: i % 2 === 0 ? 1 : 3 }));
    const curve = drawCurve([...many, { step: 4000, loss: 2 }], [], 10, 2);
    expect(curve?.highest).toBeCloseTo(2, 1);
    expect(curve?.lowest).toBeCloseTo(2, 1);
  });

  it('knows the cells of validation points, and makes room for them', () => {
    const curve = drawCurve(points(4, 3, 2, 1), [{ step: 4, loss: 5 }], 4, 2);
    expect(curve?.highest).toBe(5);
    expect([...(curve?.marks[0] ?? [])]).toEqual([3]);
  });

  it('draws a level line, leaves out what is no number, and draws nothing without a line', () => {
    expect(drawCurve(points(2, 2, 2), [], 4, 2)?.rows[0].trim()).not.toBe('');
    expect(drawCurve(points(2, Number.NaN, 1), [], 4, 2)).toMatchObject({ highest: 2, lowest: 1 });
    for (const few of [points(), points(1), points(Number.NaN, 3)])
      expect(drawCurve(few, [], 4, 2)).toBeUndefined();
  });
});
