import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { putBetweenMarks } from '../src/put-between-marks.ts';
import { readResults } from '../src/result.ts';
import { rows } from '../src/rows.ts';
import { resultsPage, shortTable } from '../src/tables.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const results = readResults(join(root, 'docs', 'results'));

it('docs/results.md is what the records make (else: pnpm results --table)', () =>
  expect(read('docs/results.md')).toBe(resultsPage(rows, results)));

it('the table of the README, where it has one, is what the records make (else: pnpm results --table)', () => {
  const readme = read('README.md');
  expect(readme).toBe(putBetweenMarks(readme, shortTable(rows, results, 'docs/results')) ?? readme);
});
