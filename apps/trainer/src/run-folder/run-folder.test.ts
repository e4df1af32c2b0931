import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RunFolder } from './run-folder.ts';

const command = 'unroll';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-run-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'run');
}

it('leaves alone what came into it between the first look and the beginning', async () => {
  const path = await emptyFolder();
  const folder = await RunFolder.check(path, [], { command });
  // Another run, which was faster, and has come to its end.
  await mkdir(path);
  for (const name of ['metrics.jsonl', 'model.safetensors', 'run.json'])
    await writeFile(join(path, name), '{}');
  await expect(folder.begin()).rejects.toThrow(`--out ${path}: the folder is not empty`);
  folder.close();
  expect((await readdir(path)).sort()).toEqual(['metrics.jsonl', 'model.safetensors', 'run.json']);
});

it('writes over a run where that is wanted', async () => {
  const path = await emptyFolder();
  await mkdir(path);
  for (const name of ['metrics.jsonl', 'model.safetensors', 'mine']) await writeFile(join(path, name), '{}');
  const folder = await RunFolder.check(path, [], { command, force: true });
  await folder.begin();
  folder.close();
  const names = await readdir(path);
  expect(names).toContain('mine');
  expect(names).not.toContain('model.safetensors');
});
