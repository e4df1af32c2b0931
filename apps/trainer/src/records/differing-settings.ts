import { allSettings } from '../settings/settings.ts';
import type { Run, Scalar } from './run.ts';

/** In one word: a rate that differs from optimizer to optimizer is not said. */
const usual: ReadonlyMap<string, string> = new Map(
  allSettings().flatMap(([group, name, { usual }]) =>
    usual === undefined ? [] : [[`${group}.${name}`, /^\S+$/.test(usual) ? usual : 'as usual'] as const],
  ),
);

/**
 * The settings that are not the same in all runs, by path, each with its value in every run, also where that is what holds when nothing
 * is said; in the order of the first run.
 */
export function differingSettings(runs: readonly Run[]): Map<string, (Scalar | undefined)[]> {
  const names = new Set(runs.flatMap(({ settings }) => [...settings.keys()]));
  const differing = new Map<string, (Scalar | undefined)[]>();
  for (const name of names) {
    const values = runs.map(
      ({ settings }) => settings.get(name) ?? (settings.size > 0 ? usual.get(name) : undefined),
    );
    if (values.some((value) => String(value) !== String(values[0]))) differing.set(name, values);
  }
  return differing;
}
