import { promises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CheckpointError } from '../checkpoint-error.ts';
import { readModelFolder } from './read-model-folder.ts';
import { readSafetensorsFile } from './read-safetensors-file.ts';
import { writeModelFolder } from './write-model-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await promises.mkdtemp(join(tmpdir(), 'unroll-checkpoint-'));
  await writeModelFolder(folder, {
    config: { kind: 'lstm' },
    vocab: ['a', 'b'],
    tensors: new Map([['W', { dtype: 'f32', shape: [2], data: Float32Array.of(1, 2) }]]),
  });
});

afterEach(() => promises.rm(folder, { recursive: true }));

async function refusal(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CheckpointError);
  return (error as Error).message;
}

describe('readModelFolder', () => {
  it.each(['config.json', 'vocab.json', 'model.safetensors'])(
    'names %s where it is missing',
    async (file) => {
      await promises.rm(join(folder, file));
      expect(await refusal(readModelFolder(folder))).toBe(
        `${join(folder, file)}: there is no such file. A model folder holds config.json, vocab.json and ` +
          'model.safetensors: check the path, or write the model again if writing it was cut short.',
      );
    },
  );

  it.each([
    ['config.json', '{"kind":', 'expected JSON in UTF-8'],
    ['config.json', '[]', 'expected a JSON object, got array'],
    ['vocab.json', '["a"', 'expected JSON in UTF-8'],
    ['vocab.json', '{}', 'expected an array of tokens'],
    ['vocab.json', '["a", 1]', 'got number at index 1'],
    ['vocab.json', '["a", "a"]', 'the token "a" has two ids, 0 and 1'],
    ['model.safetensors', '', 'expected at least 8 bytes, got 0'],
    ['model.safetensors', 'not a safetensors file', 'the file is damaged'],
  ])('names %s where it is %j', async (file, text, message) => {
    await promises.writeFile(join(folder, file), text);
    const got = await refusal(readModelFolder(folder));
    expect(got).toContain(`${join(folder, file)}: `);
    expect(got.toLowerCase()).toContain(message.toLowerCase());
  });

  // Sparse files: the size is there, the disk space is not.
  it.each([
    ['config.json', 2 ** 20],
    ['vocab.json', 2 ** 28],
    ['model.safetensors', 2 ** 32],
  ])('refuses %s above %i bytes before it reads them', async (file, most) => {
    await promises.truncate(join(folder, file), most + 1);
    expect(await refusal(readModelFolder(folder))).toContain(
      `expected at most ${most} bytes, got ${most + 1}`,
    );
  });

  it('refuses 4 GB of something else by their first bytes', async () => {
    const path = join(folder, 'model.safetensors');
    for (const start of ['', '\xff'.repeat(9), '\x02\0\0\0\0\0\0\0[]']) {
      await promises.writeFile(path, start, 'latin1');
      await promises.truncate(path, 2 ** 32);
      const before = process.resourceUsage().maxRSS;
      expect(await refusal(readModelFolder(folder))).toContain(path);
      expect(process.resourceUsage().maxRSS - before).toBeLessThan(100_000); // of 4,194,304 KB
    }
  });

  it('names a folder in the place of a file', async () => {
    await promises.rm(join(folder, 'vocab.json'));
    await promises.mkdir(join(folder, 'vocab.json'));
    expect(await refusal(readModelFolder(folder))).toContain('vocab.json: expected a file, got a folder');
  });

  it('names a path that does not exist, or is a file', async () => {
    const nowhere = join(folder, 'none');
    expect(await refusal(readModelFolder(nowhere))).toContain(`${nowhere}: there is no such model folder`);
    const file = join(folder, 'config.json');
    expect(await refusal(readModelFolder(file))).toContain(`${file}: expected a model folder, got a file`);
    expect(await refusal(readModelFolder(join(file, 'model')))).toContain('there is no such model folder');
  });
});

describe('readSafetensorsFile', () => {
  it('reads a file', async () => {
    const { tensors } = await readSafetensorsFile(join(folder, 'model.safetensors'));
    expect(tensors.get('W')?.data).toEqual(Float32Array.of(1, 2));
  });

  it('names a path that does not exist, or is a folder', async () => {
    expect(await refusal(readSafetensorsFile(join(folder, 'none')))).toContain('none: there is no such file');
    expect(await refusal(readSafetensorsFile(folder))).toContain('expected a file, got a folder');
  });
});
