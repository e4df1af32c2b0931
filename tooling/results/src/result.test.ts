import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { madeResult } from '../test/made-result.ts';
import { temporaryFolder } from '../test/tiny.ts';
import { parseResult, readResults } from './result.ts';

it('reads results by row, each in the order of the seeds', async () => {
  const folder = await temporaryFolder();
  const [second, tenth, other] = [
    madeResult({ seed: 2 }),
    madeResult({ seed: 10 }),
    madeResult({ row: 'other', seed: 1 }),
  ];
  for (const result of [tenth, second, other]) {
    await writeFile(join(folder, `${result.row}-seed${result.seed}.json`), JSON.stringify(result));
  }
  await writeFile(join(folder, 'tiny-char-seed2.html'), 'a report');
  expect([...readResults(folder)].sort()).toEqual([
    ['other', [other]],
    ['tiny-char', [second, tenth]],
  ]);
});

it.each([
  [{ row: '../up' }, 'f.json: row: expected the id of a row'],
  [{ sha256: 'ab' }, 'f.json: sha256: expected a sha256'],
  [{ measured: {} }, 'f.json: measured: expected the plain figure'],
  [{ seconds: null as unknown as number }, 'f.json: seconds: '],
])('refuses a result with %j', (changes, message) => {
  expect(() => parseResult(madeResult(changes), 'f.json')).toThrow(message);
});

it('names a file that is no JSON, or has the name of another', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'tiny-char-seed7.json');
  await writeFile(path, '{"row": ');
  expect(() => readResults(folder)).toThrow(`${path}: expected JSON (`);
  await writeFile(path, JSON.stringify(madeResult()));
  expect(() => readResults(folder)).toThrow(
    `${path}: expected its name to be tiny-char-seed1.json, as it says; rename it`,
  );
});
