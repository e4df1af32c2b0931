import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileWhole } from '@unroll/checkpoint/node';
import { marks, putBetweenMarks } from './put-between-marks.ts';
import { readResults } from './result.ts';
import type { Row } from './row.ts';
import { resultsPage, shortTable } from './tables.ts';

/** Makes docs/results.md and the table in README.md from what is recorded in docs/results. @returns what there is to say of it */
export async function writeTables(root: string, rows: readonly Row[]): Promise<string[]> {
  const results = readResults(join(root, 'docs', 'results'));
  const write = (path: string, text: string): Promise<void> =>
    writeFileWhole(join(root, path), new TextEncoder().encode(text));
  await write('docs/results.md', resultsPage(rows, results));
  const readme = putBetweenMarks(
    readFileSync(join(root, 'README.md'), 'utf8'),
    shortTable(rows, results, 'docs/results'),
  );
  if (readme === undefined) {
    return [
      'docs/results.md is written',
      `README.md has no place for the table: put ${marks.join(' and ')} where it is to be`,
    ];
  }
  await write('README.md', readme);
  return ['docs/results.md and the table in README.md are written'];
}
