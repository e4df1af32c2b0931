import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { writeFileWhole } from '@unroll/checkpoint/node';
import { UsageError } from '../exit-code.ts';
import { quoted } from '../format.ts';
import { recipeLayer } from '../settings/recipes.ts';
import { configJsonSchema, initialConfig } from '../settings/write-settings.ts';

export interface InitOptions {
  readonly data: string;
  readonly out: string;
  readonly recipe?: string;
  readonly force?: boolean;
  readonly command: string;
}

/** What an editor looks things up in, beside the configuration file. */
const SCHEMA = 'unroll.schema.json';
/** By this it is known as ours. */
const TITLE = '"What unroll train is to do"';

/** Writes a configuration file in which every setting is explained, and its schema beside it. */
export async function initConfig(path: string, { force, command, ...given }: InitOptions): Promise<void> {
  if (given.recipe !== undefined) recipeLayer(given.recipe); // refused before anything is written
  if (existsSync(path) && !force) {
    throw new UsageError(`${path}: there is a file of that name; choose another one, or add --force`);
  }
  const encoder = new TextEncoder();
  const schema = join(dirname(path), SCHEMA);
  if (existsSync(schema) && !force && !readFileSync(schema, 'utf8').includes(TITLE)) {
    throw new UsageError(
      `${schema}: there is another file of that name, which editors would take for ours; move it, or add --force`,
    );
  }
  // They are typed from here, and read from the folder that the file is in.
  const fromFile = (typed: string): string =>
    typed === '-' || isAbsolute(typed) ? typed : relative(dirname(path), typed) || '.';
  const { data, out, recipe } = given;
  await writeFileWhole(
    path,
    encoder.encode(initialConfig({ data: fromFile(data), out: fromFile(out), recipe })),
  );
  await writeFileWhole(schema, encoder.encode(`${JSON.stringify(configJsonSchema(), null, 2)}\n`));
  console.error(`wrote ${path}, and ${schema} for editors`);
  console.error(`then: ${command} train --config ${quoted(path)}`);
}
