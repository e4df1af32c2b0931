import { resolve, sep } from 'node:path';
import type { Run } from './run.ts';

/** A name for each run that tells it from the others: its folder, with as many folders above as that takes. */
export function runLabels(runs: readonly Run[]): string[] {
  const paths = runs.map(({ path }) => resolve(path).split(sep));
  const deepest = Math.max(0, ...paths.map(({ length }) => length));
  for (let folders = 1; folders < deepest; folders++) {
    const labels = paths.map((parts) => parts.slice(-folders).join('/'));
    if (new Set(labels).size === labels.length) return labels;
  }
  return paths.map((parts) => parts.join('/'));
}
