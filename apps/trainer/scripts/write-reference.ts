/** Writes what is made from the command's definitions: docs/unroll.md, and the schema of its configuration file. */
import { writeFileSync } from 'node:fs';
import { makeProgram } from '../src/program.ts';
import { configJsonSchema } from '../src/settings/write-settings.ts';
import { referenceMarkdown } from './reference.ts';

writeFileSync(
  new URL('../../../docs/unroll.md', import.meta.url),
  referenceMarkdown(makeProgram('unroll', () => {})),
);
writeFileSync(
  new URL('../schema/config.schema.json', import.meta.url),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
