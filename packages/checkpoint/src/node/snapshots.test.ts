import { promises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CheckpointError, DiskError } from '../checkpoint-error.ts';
import { listSnapshots, readSnapshot, removeSnapshot, writeSnapshot } from './snapshots.ts';

let folder: string;

beforeEach(async () => {
  folder = await promises.mkdtemp(join(tmpdir(), 'unroll-snapshots-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await promises.rm(folder, { recursive: true });
});

const files = (text: string) =>
  new Map([
    ['model.safetensors', new TextEncoder().encode(text.repeat(100))],
    ['state.json', new TextEncoder().encode(`{"text":"${text}"}`)],
    ['empty', new Uint8Array(0)],
  ]);

const asBuffers = (map: ReadonlyMap<string, Uint8Array>) =>
  [...map].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]);

describe('snapshots', () => {
  it('come back as they were written, and are listed with the newest first', async () => {
    for (const step of ['step-000002', 'step-000010', 'step-000001']) {
      await writeSnapshot(folder, step, files(step));
    }
    expect(await listSnapshots(folder)).toEqual(['step-000010', 'step-000002', 'step-000001']);
    for (const step of await listSnapshots(folder)) {
      expect(asBuffers(await readSnapshot(folder, step))).toEqual(asBuffers(files(step)));
    }
    expect(await promises.readFile(join(folder, 'latest'), 'utf8')).toBe('step-000001\n');
    expect((await promises.readdir(folder)).some((name) => name.startsWith('.'))).toBe(false);
  });

  it('are none where there is no folder, and make one', async () => {
    const inner = join(folder, 'a', 'b');
    expect(await listSnapshots(inner)).toEqual([]);
    await writeSnapshot(inner, 'one', files('x'));
    expect(await listSnapshots(inner)).toEqual(['one']);
  });

  it('take the place of one of the same name', async () => {
    await writeSnapshot(folder, 'one', files('old'));
    await writeSnapshot(folder, 'one', files('new'));
    expect(asBuffers(await readSnapshot(folder, 'one'))).toEqual(asBuffers(files('new')));
  });

  it('are refused wherever a byte of theirs is another, missing or too many', async () => {
    await writeSnapshot(folder, 'one', files('x'));
    for (const name of ['model.safetensors', 'state.json', 'empty', 'snapshot.json']) {
      const path = join(folder, 'one', name);
      const right = await promises.readFile(path);
      const wrongs = [Buffer.concat([right, Buffer.from('x')])];
      if (right.length > 0) {
        const flipped = Buffer.from(right);
        flipped[right.length >> 1] ^= 1;
        wrongs.push(flipped, right.subarray(1));
      }
      for (const wrong of wrongs) {
        await promises.writeFile(path, wrong);
        await expect(readSnapshot(folder, 'one')).rejects.toThrow(CheckpointError);
        await expect(readSnapshot(folder, 'one')).rejects.toThrow(path);
      }
      await promises.rm(path);
      await expect(readSnapshot(folder, 'one')).rejects.toThrow(path);
      await promises.writeFile(path, right);
    }
    await expect(readSnapshot(folder, 'one')).resolves.toBeDefined();
  });

  it.each([
    '{}',
    '[]',
    'null',
    '{"files":[]}',
    '{"files":{"../../etc/passwd":{"bytes":1,"sha256":"00"}}}',
    '{"files":{"__proto__":{"bytes":1,"sha256":"00"}}}',
    '{"files":{"state.json":{"bytes":-1,"sha256":""}}}',
    '{"files":{"state.json":{"bytes":1e300,"sha256":"00"}}}',
    `{"files":{"state.json":{"bytes":9007199254740991,"sha256":"${'0'.repeat(64)}"}}}`,
  ])('are refused with the manifest %s', async (manifest) => {
    await writeSnapshot(folder, 'one', files('x'));
    await promises.writeFile(join(folder, 'one', 'snapshot.json'), manifest);
    await expect(readSnapshot(folder, 'one')).rejects.toThrow(CheckpointError);
  });

  it.each(['..', '.', '', 'a/b', '/etc', 'latest', 'snapshot.json', 'x'.repeat(101)])(
    'cannot be called %j',
    async (name) => {
      await expect(writeSnapshot(folder, name, files('x'))).rejects.toThrow(CheckpointError);
      await expect(readSnapshot(folder, name)).rejects.toThrow(CheckpointError);
      await expect(removeSnapshot(folder, name)).rejects.toThrow(CheckpointError);
    },
  );

  it('are removed, and with them what a dead process left', async () => {
    await writeSnapshot(folder, 'one', files('x'));
    await writeSnapshot(folder, 'two', files('y'));
    await promises.mkdir(join(folder, '.writing-123'));
    await removeSnapshot(folder, 'one');
    expect((await promises.readdir(folder)).sort()).toEqual(['latest', 'two']);
  });

  it('leave the old one or the new one, and say so, whichever call of the file system fails', async () => {
    const handlePrototype = Object.getPrototypeOf(await promises.open(join(folder, 'probe'), 'w'));
    await promises.rm(join(folder, 'probe'));
    let calls = 0;
    let failing = -1;
    const failed = () => {
      calls++;
      return calls - 1 === failing;
    };
    const guard = (object: Record<string, unknown>, method: string) => {
      const original = object[method] as (...args: unknown[]) => Promise<unknown>;
      vi.spyOn(object as { [key: string]: () => Promise<unknown> }, method).mockImplementation(function (
        this: unknown,
        ...args: unknown[]
      ) {
        if (!failed()) return original.apply(this, args);
        return Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));
      });
    };
    for (const method of ['mkdir', 'open', 'rename', 'rm']) {
      guard(promises as unknown as Record<string, unknown>, method);
    }
    for (const method of ['writeFile', 'sync']) guard(handlePrototype, method);

    await writeSnapshot(folder, 'one', files('one'));
    const total = calls;
    expect(total).toBeGreaterThan(12);
    let told = 0;
    for (let at = 0; at < total; at++) {
      calls = 0;
      failing = at;
      const error = await writeSnapshot(folder, 'two', files('two')).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      failing = -1;
      // A file that does not close is no loss; everything else is told.
      if (error !== undefined) expect(DiskError.isInstance(error)).toBe(true);
      told += error === undefined ? 0 : 1;
      const [newest] = await listSnapshots(folder);
      expect(asBuffers(await readSnapshot(folder, newest))).toEqual(asBuffers(files(newest)));
      if (error === undefined) expect(newest).toBe('two');
      await removeSnapshot(folder, 'two');
    }
    expect(told).toBe(total);
  });
});
