import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Writes a configuration file in which every setting is explained, and its schema beside it. */
export async function initConfig(path: string, { force, command, ...given }: InitOptions): Promise<void> {
  if (given.recipe !== undefined) recipeLayer(given.recipe); // refused before anything is written
  if (existsSync(path) && !force) {
    throw new UsageError(`${path}: there is a file of that name; choose another one, or add --force`);
  }
  const encoder = new TextEncoder();
  await writeFileWhole(path, encoder.encode(initialConfig(given)));
  const schema = join(dirname(path), SCHEMA);
  await writeFileWhole(schema, encoder.encode(`${JSON.stringify(configJsonSchema(), null, 2)}\n`));
  console.error(`wrote ${path}, and ${schema} for editors`);
  console.error(`then: ${command} train --config ${quoted(path)}`);
}
