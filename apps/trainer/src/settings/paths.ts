import { allSettings } from './settings.ts';

/** The same values, of which every path is another one; of settings, or of what a file says and nobody has looked at yet. */
export function mapPaths<Values extends object>(values: Values, map: (path: string) => string): Values {
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    return typeof value === 'string' && value !== '' ? map(value) : value;
  };
  const result = { ...values } as Record<string, unknown>;
  for (const [group, name, { isPath }] of allSettings()) {
    const inGroup = Object.hasOwn(result, group) ? result[group] : undefined;
    if (!isPath || typeof inGroup !== 'object' || inGroup === null || !Object.hasOwn(inGroup, name)) continue;
    result[group] = { ...inGroup, [name]: moved((inGroup as Record<string, unknown>)[name]) };
  }
  return result as Values;
}
