import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { referenceFiles } from '../scripts/reference.ts';

it.each(referenceFiles().map(([path, text]) => [basename(path.pathname), path, text] as const))(
  '%s says what the command says (else: pnpm --filter @unroll/trainer run reference)',
  (_, path, text) => expect(readFileSync(path, 'utf8')).toBe(text),
);
