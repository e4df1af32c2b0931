/** Writes what is made from the command's definitions: docs/unroll.md, and the schema of its configuration file. */
import { writeFileSync } from 'node:fs';
import { referenceFiles } from './reference.ts';

for (const [path, text] of referenceFiles()) writeFileSync(path, text);
