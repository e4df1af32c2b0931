import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { UsageError } from '../exit-code.ts';
import { allSettings, type Settings, settingGroups } from './settings.ts';

/** Values from one place, by group and name. */
export type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Some of the settings, and where they come from: a recipe, a file, the command line. Later ones win. */
export interface Layer {
  /** In words: `recipe char`, `my.yaml`. */
  readonly origin: string;
  readonly values: unknown;
  /** Where a value stands: `my.yaml:12`. */
  readonly place?: (path: readonly string[]) => string;
}

/** Settings, and where each comes from: `model.hiddenSize` to `my.yaml:12`; those that are nowhere said are missing. */
export interface ResolvedSettings {
  readonly settings: Settings;
  readonly origins: ReadonlyMap<string, string>;
}

const ofGroup = (group: keyof Settings) =>
  Object.fromEntries(
    Object.entries(settingGroups[group].settings).map(([name, setting]) => {
      const schema = setting.schema.describe(setting.about);
      return [name, setting.value === undefined ? schema.optional() : schema.default(setting.value)];
    }),
  );

/** Of all settings, none of which need be there. */
export const settingsSchema: z.ZodType<Settings> = z.strictObject(
  Object.fromEntries(
    (Object.keys(settingGroups) as (keyof Settings)[]).map((group) => [
      group,
      z.strictObject(ofGroup(group)).prefault({}).describe(settingGroups[group].about),
    ]),
  ),
) as unknown as z.ZodType<Settings>;

/** @throws UsageError naming the first value that cannot be, where it stands, and what could be there */
export function resolveSettings(layers: readonly Layer[]): ResolvedSettings {
  const merged: Record<string, Record<string, unknown>> = {};
  const origins = new Map<string, string>();
  for (const layer of layers) {
    const values = checkLayer(layer);
    for (const [group, inGroup] of Object.entries(values)) {
      for (const [name, value] of Object.entries(inGroup)) {
        if (value === undefined) continue;
        merged[group] ??= {};
        merged[group][name] = value;
        origins.set(`${group}.${name}`, placeOf(layer, [group, name]));
      }
    }
  }
  return { settings: settingsSchema.parse(merged), origins };
}

/** A layer whose every value is one that the setting may have. */
function checkLayer(layer: Layer): Values {
  const { error } = settingsSchema.safeParse(layer.values);
  if (!error) return layer.values as Values;
  const [issue] = error.issues;
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const [unknown] = issue.keys;
    throw new UsageError(
      `${placeOf(layer, [...path, unknown])}: there is no setting ${[...path, unknown].join('.')}${suggest(path, unknown)}`,
    );
  }
  const value = path.reduce<unknown>(
    (inner, name) => (isObject(inner) ? inner[name] : undefined),
    layer.values,
  );
  const expected = path.length < 2 ? `settings by name (${namesAt(path).join(', ')})` : issue.message;
  throw new UsageError(
    `${placeOf(layer, path)}: ${path.length > 0 ? `${path.join('.')}: ` : ''}expected ${expected}, got ${shown(value)}`,
  );
}

const placeOf = ({ origin, place }: Layer, path: readonly string[]): string => place?.(path) ?? origin;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What may stand under this path. */
function namesAt([group]: readonly string[]): string[] {
  return Object.keys(group === undefined ? settingGroups : settingGroups[group as keyof Settings].settings);
}

/** `; did you mean training.epochs?` */
function suggest(path: readonly string[], unknown: string): string {
  const here = namesAt(path).map((name) => [...path, name].join('.'));
  const anywhere = allSettings().map(([group, name]) => `${group}.${name}`);
  const leaf = unknown.split('.').at(-1) ?? unknown;
  // A setting of that very name in another group is more likely meant than a similar one in this group.
  const elsewhere = anywhere.find((full) => full.endsWith(`.${leaf}`));
  if (elsewhere) return `; did you mean ${elsewhere}?`;
  const full = [...path, unknown].join('.');
  const nearest = closest(full, path.length === 0 ? [...here, ...anywhere] : here);
  return distance(full, nearest) <= Math.max(2, full.length / 3)
    ? `; did you mean ${nearest}?`
    : `; there are ${namesAt(path).join(', ')}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
