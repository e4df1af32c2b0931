import type { Tolerance } from '../all-close.ts';
import type { Lab } from './lab.ts';

/**
 * The gradient of a loss at x, by central differences in double precision: what a backward kernel must give, whatever its
 * formula.
 */
export function numericGradient(
  loss: (x: readonly number[]) => number,
  x: readonly number[],
  step = 1e-5,
): number[] {
  const moved = (index: number, by: number) => x.map((value, i) => (i === index ? value + by : value));
  return x.map((_, i) => (loss(moved(i, step)) - loss(moved(i, -step))) / (2 * step));
}

/** How far a gradient may lie off one that was made of differences. */
export function numericTolerance({ dtype }: Lab): Tolerance {
  return dtype === 'f32' ? { rtol: 1e-4, atol: 1e-5 } : { rtol: 1e-6, atol: 1e-8 };
}

/** The sum of the products, with which a kernel of many outputs becomes a loss. */
export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
