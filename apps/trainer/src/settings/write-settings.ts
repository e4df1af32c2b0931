import { Document, isMap, isScalar, isSeq, Scalar } from 'yaml';
import { z } from 'zod';
import { type ResolvedSettings, resolveSettings, settingsSchema } from './layers.ts';
import { recipeLayer, recipes } from './recipes.ts';
import type { Setting } from './setting.ts';
import { type Settings, settingGroups } from './settings.ts';

/** Settings as YAML, with a comment where one is not the default, who said so, and as comments those that nobody gave a value. */
export function settingsToYaml({ settings, origins }: ResolvedSettings, heading: string): string {
  const document = new Document(settings);
  for (const [group, inGroup] of Object.entries(settings)) {
    for (const name of Object.keys(inGroup)) {
      const origin = origins.get(`${group}.${name}`);
      const node = document.getIn([group, name], true);
      if (origin === undefined) continue;
      if (isScalar(node)) node.comment = ` ${origin}`;
      else if (isSeq(node)) node.commentBefore = ` ${origin}`;
    }
    const usual = Object.entries<Setting>(settingGroups[group as keyof Settings].settings).flatMap(
      ([name, { usual }]) => (usual === undefined || name in inGroup ? [] : [` ${name}: ${usual}`]),
    );
    const node = document.getIn([group], true);
    if (isMap(node) && usual.length > 0) node.comment = usual.join('\n');
  }
  document.commentBefore = heading.replace(/^/gm, ' ');
  return document.toString({ lineWidth: 0 });
}

/** A file to begin with: every setting with what it is for; those that are as they would be anyway are commented out. */
export function initialConfig(given: { data: string; out: string; recipe?: string }): string {
  const lines = [
    '# What unroll train is to do: unroll train --config <this file>',
    '# A line that begins with # shows what holds without it. Paths are meant from the folder that this file is in.',
    '# yaml-language-server: $schema=unroll.schema.json',
    '',
    `out: ${scalar(given.out)} # where the model and the records of the run go`,
    ...(given.recipe ? [`recipe: ${given.recipe} # ${recipes[given.recipe].about}`] : []),
  ];
  const { settings: normal } = resolveSettings(given.recipe ? [recipeLayer(given.recipe)] : []);
  for (const group of Object.keys(settingGroups) as (keyof Settings)[]) {
    const { about } = settingGroups[group];
    lines.push('', `# ${about}`, `${group}:`);
    for (const [name, setting] of Object.entries<Setting>(settingGroups[group].settings)) {
      const { about, usual, choices } = setting;
      const value = (normal[group] as Record<string, string | number | undefined>)[name];
      const isData = group === 'data' && name === 'train';
      const shown = isData ? scalar(given.data) : value === undefined ? '' : scalar(value);
      const notes = [
        about,
        choices?.join(', '),
        value === undefined && usual ? `without: ${usual}` : undefined,
      ];
      lines.push(
        `  ${isData ? '' : '# '}${name}:${shown === '' ? '' : ` ${shown}`} # ${notes.filter(Boolean).join('; ')}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

const scalar = (value: string | number): string =>
  new Document(new Scalar(value)).toString({ lineWidth: 0 }).trim();

/** For editors: what a configuration file may say (JSON Schema 2020-12). */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(settingsSchema, { io: 'input' }) as { properties: Record<string, object> };
  // A group of which every line is commented out is null.
  const groups = Object.entries(schema.properties).map(([group, inGroup]) => [
    group,
    { ...inGroup, type: ['object', 'null'] },
  ]);
  const own = {
    $schema: { type: 'string' },
    out: { type: 'string', description: 'Where the model and the records of the run go' },
    recipe: {
      enum: Object.keys(recipes),
      description: `Settings that go well together: ${Object.entries(recipes)
        .map(([name, { about }]) => `${name} (${about})`)
        .join(', ')}`,
    },
  };
  return {
    title: 'What unroll train is to do',
    ...schema,
    properties: { ...own, ...Object.fromEntries(groups) },
  };
}
