import { figure } from '../format.ts';

/** A loss or a perplexity, in a few digits even where training diverged: 1.898, 84.30, 2.69e+43. */
export function measure(value: number): string {
  return Number.isFinite(value) && Math.abs(value) >= 1e6 ? value.toExponential(2) : figure(value);
}
