import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { temporaryFolder, tinyCorpus, writeTinyCorpus } from '../test/tiny.ts';
import { findCorpus } from './find-corpus.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('finds a corpus in the folder that is named, or in one of its own name there', async () => {
  const folder = await temporaryFolder();
  const path = await writeTinyCorpus(folder);
  expect(findCorpus(tinyCorpus, path)).toBe(path);
  expect(findCorpus(tinyCorpus, folder)).toBe(path);
});

it('finds a corpus where tests look for texts, and where unroll data puts them', async () => {
  const [tests, cache] = [await temporaryFolder(), await temporaryFolder()];
  vi.stubEnv('UNROLL_TEST_DATA', tests);
  vi.stubEnv('XDG_CACHE_HOME', cache);
  vi.stubEnv('LOCALAPPDATA', cache);
  const cached = await writeTinyCorpus(join(cache, 'unroll'));
  expect(findCorpus(tinyCorpus)).toBe(cached);
  const nearer = await writeTinyCorpus(tests);
  expect(findCorpus(tinyCorpus)).toBe(nearer);
});

it('names the file of a corpus that is one file', async () => {
  const path = await writeTinyCorpus(await temporaryFolder());
  const { 'test.txt': sha256 } = tinyCorpus.files;
  const one = { ...tinyCorpus, files: { 'test.txt': sha256 } };
  expect(findCorpus(one, path)).toBe(join(path, 'test.txt'));
});

it('says where it looked, and how to come by the text', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'tiny'));
  await writeFile(join(folder, 'tiny', 'train.txt'), 'a part is not enough');
  expect(() => findCorpus(tinyCorpus, folder)).toThrow(
    `tiny corpus: expected train.txt, valid.txt, test.txt in ${folder} or ${join(folder, 'tiny')}, but there is no such folder; the test writes it; name another one with --data <folder>`,
  );
});

it('refuses another text of that name', async () => {
  const path = await writeTinyCorpus(await temporaryFolder());
  await appendFile(join(path, 'valid.txt'), '\n');
  expect(() => findCorpus(tinyCorpus, path)).toThrow(
    /valid\.txt: expected tiny corpus, sha256 [0-9a-f]{64}, got [0-9a-f]{64}/,
  );
});
