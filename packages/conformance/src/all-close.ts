import type {} from 'vitest';

/** How far two numbers may lie apart: `|actual - expected| <= atol + rtol * |expected|`, as NumPy's allclose. */
export interface Tolerance {
  rtol?: number;
  atol?: number;
}

/** What differs most between two lists of numbers; undefined if all are close. NaN is close to nothing. */
export function firstDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 1e-5, atol = 1e-8 }: Tolerance = {},
): string | undefined {
  if (actual.length !== expected.length) {
    return `expected ${expected.length} numbers, got ${actual.length}`;
  }
  let worst = -1;
  let worstExcess = 0;
  let count = 0;
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] === expected[i]) continue;
    const distance = Math.abs(actual[i] - expected[i]) / (atol + rtol * Math.abs(expected[i]));
    const excess = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
    if (excess <= 1) continue;
    count++;
    if (excess > worstExcess) {
      worst = i;
      worstExcess = excess;
    }
  }
  if (worst < 0) return undefined;
  return (
    `${count} of ${expected.length} numbers differ by more than ${atol} + ${rtol} * |expected|; ` +
    `the worst at ${worst}: expected ${expected[worst]}, got ${actual[worst]}`
  );
}

/** A matcher for `expect.extend({ toBeAllClose })`: `expect(await hs.read()).toBeAllClose(expected, { rtol: 1e-6 })`. */
export function toBeAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance = {},
): { pass: boolean; message: () => string } {
  const difference = firstDifference(actual, expected, tolerance);
  return {
    pass: difference === undefined,
    message: () => difference ?? `expected numbers that differ, all ${expected.length} are close`,
  };
}

declare module 'vitest' {
  // The parameters must be called and bounded as vitest has them.
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    toBeAllClose(expected: ArrayLike<number>, tolerance?: Tolerance): R;
  }
}
