import { promises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failingWrites } from '../../test/failing-writes.ts';
import { CheckpointError } from '../checkpoint-error.ts';
import { writeFileWhole } from './write-file-whole.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await promises.mkdtemp(join(tmpdir(), 'unroll-checkpoint-'));
  path = join(folder, 'file.bin');
});

afterEach(async () => {
  vi.restoreAllMocks();
  await promises.rm(folder, { recursive: true });
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('writeFileWhole', () => {
  it('makes a file and replaces one, and leaves nothing else behind', async () => {
    await writeFileWhole(path, bytes(1, 2, 3));
    expect([...(await promises.readFile(path))]).toEqual([1, 2, 3]);
    await writeFileWhole(path, bytes(4));
    expect([...(await promises.readFile(path))]).toEqual([4]);
    expect(await promises.readdir(folder)).toEqual(['file.bin']);
  });

  it('leaves the old file whole where the disk fills up half way', async () => {
    await promises.writeFile(path, bytes(1, 2, 3));
    failingWrites();
    const written = writeFileWhole(path, bytes(4, 5, 6, 7));
    await expect(written).rejects.toThrow(CheckpointError);
    await expect(written).rejects.toThrow(/file\.bin: could not be written \(ENOSPC.*unchanged/);
    expect([...(await promises.readFile(path))]).toEqual([1, 2, 3]);
    expect(await promises.readdir(folder)).toEqual(['file.bin']);
  });

  it('leaves the old file whole where the new one cannot take its name', async () => {
    await promises.writeFile(path, bytes(1, 2, 3));
    vi.spyOn(promises, 'rename').mockRejectedValue(new Error('EIO: broken disk'));
    await expect(writeFileWhole(path, bytes(4))).rejects.toThrow('could not be written (EIO: broken disk)');
    expect([...(await promises.readFile(path))]).toEqual([1, 2, 3]);
    expect(await promises.readdir(folder)).toEqual(['file.bin']);
  });

  it('syncs the bytes before the file takes its name', async () => {
    const steps: string[] = [];
    const { open, rename } = promises;
    vi.spyOn(promises, 'open').mockImplementation(async (...args) => {
      const handle = await open(...args);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        steps.push(args[0] === folder ? 'sync folder' : 'sync file');
        await sync();
      };
      return handle;
    });
    vi.spyOn(promises, 'rename').mockImplementation(async (from, to) => {
      steps.push('rename');
      await rename(from, to);
    });
    await writeFileWhole(path, bytes(1));
    expect(steps).toEqual(['sync file', 'rename', 'sync folder']);
  });

  it('needs no fsync of a folder, which some platforms lack', async () => {
    const { open } = promises;
    vi.spyOn(promises, 'open').mockImplementation(async (...args) => {
      if (args[0] === folder) throw Object.assign(new Error('EINVAL'), { code: 'EINVAL' });
      return open(...args);
    });
    await writeFileWhole(path, bytes(1));
    expect([...(await promises.readFile(path))]).toEqual([1]);
  });

  it('names a path that is a folder or lies in none', async () => {
    await expect(writeFileWhole(folder, bytes(1))).rejects.toThrow(`${folder}: could not be written`);
    const nowhere = join(folder, 'none', 'file.bin');
    await expect(writeFileWhole(nowhere, bytes(1))).rejects.toThrow(
      `${nowhere}: could not be written (ENOENT`,
    );
  });
});
