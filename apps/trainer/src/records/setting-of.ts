import type { Scalar } from './run.ts';

/** A setting by its own name, in whichever group it is: `maxGrad` for `training.maxGrad`. */
export function settingOf(settings: ReadonlyMap<string, Scalar>, name: string): Scalar | undefined {
  for (const [path, value] of settings) if (path === name || path.endsWith(`.${name}`)) return value;
  return undefined;
}
