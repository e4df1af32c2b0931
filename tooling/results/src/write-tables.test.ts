import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { madeResult } from '../test/made-result.ts';
import { temporaryFolder, tinyRow } from '../test/tiny.ts';
import { writeTables } from './write-tables.ts';

async function tinyRepository(readme: string): Promise<string> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'docs', 'results'), { recursive: true });
  await writeFile(join(root, 'docs', 'results', 'tiny-char-seed1.json'), JSON.stringify(madeResult()));
  await writeFile(join(root, 'README.md'), readme);
  return root;
}

const read = (root: string, path: string) => readFile(join(root, path), 'utf8');

it('writes the page, and the table between two marks of the README', async () => {
  const readme = 'before\n\n<!-- results: begin -->\n\nold\n\n<!-- results: end -->\n\nafter\n';
  const root = await tinyRepository(readme);
  expect(await writeTables(root, [tinyRow])).toEqual([
    'docs/results.md and the table in README.md are written',
  ]);
  expect(await read(root, 'docs/results.md')).toContain('(results/tiny-char-seed1.html)');
  const written = await read(root, 'README.md');
  expect(written).toMatch(
    /^before\n\n<!-- results: begin -->\n\n\| row [\s\S]*\(docs\/results\/tiny-char-seed1\.html\) \|\n\n<!-- results: end -->\n\nafter\n$/,
  );
  await writeTables(root, [tinyRow]);
  expect(await read(root, 'README.md')).toBe(written);
});

it.each(['no marks at all\n', '<!-- results: end -->\n<!-- results: begin -->\n'])(
  'leaves a README without the marks as it is, and says so: %j',
  async (readme) => {
    const root = await tinyRepository(readme);
    expect(await writeTables(root, [tinyRow])).toEqual([
      'docs/results.md is written',
      'README.md has no place for the table: put <!-- results: begin --> and <!-- results: end --> where it is to be',
    ]);
    expect(await read(root, 'README.md')).toBe(readme);
  },
);
