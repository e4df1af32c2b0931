import { promises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failingWrites } from '../../test/failing-writes.ts';
import { CheckpointError } from '../checkpoint-error.ts';
import type { ModelFiles } from '../model-files.ts';
import { readModelFolder } from './read-model-folder.ts';
import { writeModelFolder } from './write-model-folder.ts';

let parent: string;
let folder: string;

beforeEach(async () => {
  parent = await promises.mkdtemp(join(tmpdir(), 'unroll-checkpoint-'));
  folder = join(parent, 'runs', 'one');
});

afterEach(async () => {
  vi.restoreAllMocks();
  await promises.rm(parent, { recursive: true });
});

const model = (kind: string, ...weights: number[]): ModelFiles => ({
  config: { kind },
  vocab: ['<eos>', kind],
  tensors: new Map([['W', { dtype: 'f32', shape: [weights.length], data: Float32Array.from(weights) }]]),
});

const temporaries = async (): Promise<string[]> =>
  (await promises.readdir(folder)).filter((name) => name.endsWith('.tmp'));

/** Lets `count` of the calls that change names (rename, rm of the weights) pass; then the process is as good as dead. */
function dieAfter(count: number): void {
  let calls = 0;
  const { rename, rm } = promises;
  vi.spyOn(promises, 'rename').mockImplementation(async (from, to) => {
    if (calls++ >= count) throw new Error('died');
    await rename(from, to);
  });
  vi.spyOn(promises, 'rm').mockImplementation(async (path, options) => {
    if (String(path).endsWith('.safetensors') && calls++ >= count) throw new Error('died');
    await rm(path, options);
  });
}

describe('writeModelFolder', () => {
  it('keeps a tokenizer with its model, and none for a model that has none', async () => {
    const withTokenizer = { ...model('bpe', 1), tokenizer: { model: { merges: ['a b'] } } };
    await writeModelFolder(folder, withTokenizer);
    expect(await readModelFolder(folder)).toEqual(withTokenizer);
    await writeModelFolder(folder, { ...withTokenizer, tokenizer: { model: { merges: [] } } });
    expect((await readModelFolder(folder)).tokenizer).toEqual({ model: { merges: [] } });
    await writeModelFolder(folder, model('bpe', 1));
    expect((await readModelFolder(folder)).tokenizer).toBeUndefined();
    expect((await promises.readdir(folder)).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'vocab.json',
    ]);
  });

  it('leaves the old tokenizer and weights together, or no weights, whenever it dies', async () => {
    const [old, next] = ['a', 'b'].map((merge) => ({ ...model(merge, 1), tokenizer: { merge } }));
    for (let count = 0; count < 5; count++) {
      await writeModelFolder(folder, old);
      dieAfter(count);
      const isWritten = await writeModelFolder(folder, next).then(
        () => true,
        () => false,
      );
      vi.restoreAllMocks();
      const found = await readModelFolder(folder).catch(() => undefined);
      if (isWritten) expect(found).toEqual(next);
      else if (found) expect(found).toEqual(old);
      await promises.rm(folder, { recursive: true });
    }
  });

  it('writes what readModelFolder reads, into folders that it makes', async () => {
    await writeModelFolder(folder, model('lstm', 1, 2));
    expect(await readModelFolder(folder)).toEqual(model('lstm', 1, 2));
    expect((await promises.readdir(folder)).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'vocab.json',
    ]);
  });

  it('leaves other files in the folder alone', async () => {
    await promises.mkdir(folder, { recursive: true });
    await promises.writeFile(join(folder, 'metrics.jsonl'), '{}\n');
    await writeModelFolder(folder, model('lstm', 1));
    await writeModelFolder(folder, model('gru', 1));
    expect(await promises.readFile(join(folder, 'metrics.jsonl'), 'utf8')).toBe('{}\n');
  });

  it('rewrites only the weights of a run that goes on', async () => {
    await writeModelFolder(folder, model('lstm', 1));
    const rename = vi.spyOn(promises, 'rename');
    const rm = vi.spyOn(promises, 'rm');
    await writeModelFolder(folder, model('lstm', 2));
    expect(rename.mock.calls.map(([, to]) => to)).toEqual([join(folder, 'model.safetensors')]);
    expect(rm).not.toHaveBeenCalled();
    expect(await readModelFolder(folder)).toEqual(model('lstm', 2));
  });

  it('replaces another model', async () => {
    await writeModelFolder(folder, model('lstm', 1));
    await writeModelFolder(folder, model('gru', 2, 3));
    expect(await readModelFolder(folder)).toEqual(model('gru', 2, 3));
  });

  it.each([0, 1, 2])('leaves another model whole where the disk is full at file %i', async (first) => {
    await writeModelFolder(folder, model('lstm', 1));
    failingWrites(first);
    await expect(writeModelFolder(folder, model('gru', 2))).rejects.toThrow('ENOSPC');
    expect(await readModelFolder(folder)).toEqual(model('lstm', 1));
    expect(await temporaries()).toEqual([]);
  });

  it('leaves the old weights whole where the disk is full in a run that goes on', async () => {
    await writeModelFolder(folder, model('lstm', 1));
    failingWrites();
    await expect(writeModelFolder(folder, model('lstm', 2))).rejects.toThrow('ENOSPC');
    expect(await readModelFolder(folder)).toEqual(model('lstm', 1));
  });

  it.each([0, 1, 2, 3])(
    'never mixes two models where it dies after step %i, and mends it next time',
    async (step) => {
      await writeModelFolder(folder, model('lstm', 1));
      dieAfter(step);
      await expect(writeModelFolder(folder, model('gru', 2))).rejects.toThrow('died');
      if (step === 0) expect(await readModelFolder(folder)).toEqual(model('lstm', 1));
      else await expect(readModelFolder(folder)).rejects.toThrow('model.safetensors: there is no such file');
      expect(await temporaries()).toEqual([]);

      vi.restoreAllMocks();
      await writeModelFolder(folder, model('gru', 2));
      expect(await readModelFolder(folder)).toEqual(model('gru', 2));
    },
  );

  it('touches nothing where the values do not fit their formats', async () => {
    const doubled = { ...model('lstm', 1), vocab: ['a', 'a'] };
    await expect(writeModelFolder(folder, doubled)).rejects.toThrow('the token "a" has two ids');
    await expect(promises.stat(folder)).rejects.toThrow('ENOENT');
  });

  it('names a path that is a file', async () => {
    const file = join(parent, 'file');
    await promises.writeFile(file, '');
    const written = writeModelFolder(file, model('lstm', 1));
    await expect(written).rejects.toThrow(CheckpointError);
    await expect(written).rejects.toThrow(`${file}: the model folder could not be made`);
  });
});
