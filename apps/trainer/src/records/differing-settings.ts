import type { Run, Scalar } from './run.ts';

/** The settings that are not the same in all runs, by path, each with its value in every run; in the order of the first run. */
export function differingSettings(runs: readonly Run[]): Map<string, (Scalar | undefined)[]> {
  const names = new Set(runs.flatMap(({ settings }) => [...settings.keys()]));
  const differing = new Map<string, (Scalar | undefined)[]>();
  for (const name of names) {
    const values = runs.map(({ settings }) => settings.get(name));
    if (values.some((value) => value !== values[0])) differing.set(name, values);
  }
  return differing;
}
