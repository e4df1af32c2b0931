import type { Check } from './check.ts';
import { inLab, type Lab, type Layout, layoutsOf } from './lab.ts';
import { sigmoidOf } from './sigmoid-of.ts';

/** One size and layout in which a cell is run, at one time step. */
export interface CellCase {
  readonly lab: Lab;
  readonly N: number;
  readonly T: number;
  readonly H: number;
  readonly t: number;
  /** For tensors over time. */
  readonly layout: Layout;
  /** Another one, so that two operands do not lie alike. */
  readonly other: Layout;
  /** For tensors (N, H). */
  readonly flat: Layout;
}

/** Batch and hidden sizes: one, odd ones, and more than a processor's vectors hold. */
const sizes: readonly (readonly [N: number, H: number])[] = [
  [1, 1],
  [3, 5],
  [2, 16],
  [5, 33],
];

/** A check in every size and layout and at every step, each time with new operands. */
export function atEveryStep(hold: (at: CellCase) => Promise<void>): Check {
  return inLab(async (lab) => {
    const T = 3;
    for (const [N, H] of sizes) {
      const layouts = layoutsOf([N, T, H]);
      for (const [i, layout] of layouts.entries()) {
        const other = layouts[(i + 1) % layouts.length];
        const flat = layoutsOf([N, H])[i % 3];
        for (let t = 0; t < T; t++) await hold({ lab, N, T, H, t, layout, other, flat });
      }
    }
  });
}

/** Sums that drive a gate to its ends, far beyond where an exponential overflows, and some between. */
const saturating = [-1e4, -100, -20, 0, 20, 100, 1e4];

/** What a gate holds before its activation: an ordinary sum, or a saturating one. */
export function sumIn(lab: Lab, saturated: boolean): number {
  return saturated ? saturating[lab.random.integer(saturating.length)] : lab.random.normal() * 2;
}

/** What a tanh gives, from -1 to 1, both ends among them. */
export function tanhIn(lab: Lab): number {
  return Math.tanh(lab.random.normal() * 20 ** lab.random.integer(2));
}

/** What a sigmoid gives, from 0 to 1, both ends among them. */
export function sigmoidIn(lab: Lab): number {
  return sigmoidOf(lab.random.normal() * 40 ** lab.random.integer(2));
}

/** The gates (N, H) that lie side by side in (N, gates * H). */
export function apart(rows: readonly number[], gates: number, H: number): number[][] {
  return Array.from({ length: gates }, (_, gate) =>
    rows.filter((_, i) => Math.floor(i / H) % gates === gate),
  );
}

/** Gates (N, H) side by side, (N, gates * H). */
export function together(gates: readonly (readonly number[])[], H: number): number[] {
  const rows: number[] = [];
  for (let start = 0; start < gates[0].length; start += H) {
    for (const gate of gates) rows.push(...gate.slice(start, start + H));
  }
  return rows;
}
