import { describe, expect, it } from 'vitest';
import { smooth } from './smooth.ts';

describe('smooth', () => {
  it('leaves a straight line as it is, up to its ends', () => {
    const line = Array.from({ length: 200 }, (_, i) => 3 - i / 8);
    for (const [i, value] of smooth(line).entries()) expect(value).toBeCloseTo(line[i], 10);
  });

  it('takes noise out', () => {
    const noise = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    for (const value of smooth(noise).slice(10, -10)) expect(Math.abs(value)).toBeLessThan(0.1);
  });

  it('leaves few values alone, and passes over what is no number', () => {
    expect(smooth([4, 2, 3])).toEqual([4, 2, 3]);
    const gap = Array.from({ length: 80 }, (_, i) => (i === 40 ? Number.NaN : 5));
    expect(smooth(gap)).toEqual(Array.from({ length: 80 }, () => 5));
    expect(smooth([1, Number.NaN, 2])[1]).toBeNaN();
  });

  it('forgets a huge value as soon as it is out of reach', () => {
    const values = Array.from({ length: 80 }, (_, i) => (i === 10 ? 1e30 : 1));
    expect(smooth(values).slice(20)).toEqual(values.slice(20));
  });
});
