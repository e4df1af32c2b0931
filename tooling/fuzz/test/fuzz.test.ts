import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { execute } from '../src/execute.ts';
import { minimize } from '../src/minimize.ts';
import { processorTime } from '../src/processor-time.ts';
import { Random } from '../src/random.ts';
import type { Target } from '../src/target.ts';
import { targets } from '../src/targets.ts';
import { utf8 } from '../src/utf8.ts';
import { runSource } from './run-source.ts';

describe('a short run of the fuzzer', () => {
  it('finds nothing, and reaches both sides of every parser', { timeout: 300_000 }, async () => {
    const { code, stdout, stderr } = await runSource('fuzz.ts', ['--executions', '1500', '--seed', '7']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const rows = stdout.split('\n').filter((line) => line.includes('%'));
    expect(rows).toHaveLength(targets.length);
    for (const row of rows) {
      const [accepted, refused] = [...row.matchAll(/([\d.]+)%/g)].map(([, share]) => Number(share));
      expect(accepted, row).toBeGreaterThan(5);
      expect(refused, row).toBeGreaterThan(5);
    }
  });

  it('can be repeated for one input', async () => {
    const path = join(tmpdir(), `unroll-fuzz-${process.pid}.bin`);
    await writeFile(path, '{"a":1}');
    const { code, stdout } = await runSource('fuzz.ts', ['--parser', 'config', '--replay', path]);
    await rm(path);
    expect([code, stdout]).toEqual([0, 'config: accepted\n']);
  });

  it('says which parsers there are', async () => {
    const { code, stderr } = await runSource('fuzz.ts', ['--parser', 'safetensor']);
    expect(code).toBe(2);
    expect(stderr).toContain('--parser safetensor: expected one of safetensors, config,');
  });
});

describe('inputs', () => {
  it.each(targets)('for $name follow from the seed and the number alone', ({ make }) => {
    for (let execution = 0; execution < 50; execution++) {
      expect(make(new Random(3, execution))).toEqual(make(new Random(3, execution)));
    }
    const all = Array.from({ length: 50 }, (_, execution) => make(new Random(3, execution)).join());
    expect(new Set(all).size).toBeGreaterThan(20);
  });
});

describe('a finding', () => {
  const parser = (run: Target['run']): Target => ({
    name: 'broken',
    refusals: 'RangeError',
    make: () => new Uint8Array(0),
    run,
    isRefusal: (error) => error instanceof RangeError,
  });
  const outcomeOf = (run: Target['run']) => execute(parser(run), new Uint8Array(4));

  it('is not that an input is accepted, or refused as the parser says', async () => {
    expect(await outcomeOf(() => {})).toEqual({ kind: 'accepted' });
    expect(await outcomeOf(() => Promise.reject(new RangeError('no')))).toEqual({ kind: 'refused' });
  });

  it('is any other error', async () => {
    const outcome = await outcomeOf(() => (undefined as unknown as { x: number }).x as unknown as undefined);
    expect(outcome).toMatchObject({
      kind: 'finding',
      problem: expect.stringContaining('TypeError: Cannot read'),
    });
  });

  it.each([Object.prototype, Array.prototype])('is a prototype that was added to', async (prototype) => {
    const outcome = await outcomeOf(() => void Reflect.set(prototype, 'polluted', 1));
    Reflect.deleteProperty(prototype, 'polluted');
    expect(outcome).toMatchObject({ kind: 'finding', problem: expect.stringContaining('prototype') });
  });

  it('is a method of all objects that was replaced', async () => {
    const original = Object.prototype.toString;
    const outcome = await outcomeOf(() => void Reflect.set(Object.prototype, 'toString', () => 'x'));
    Reflect.set(Object.prototype, 'toString', original);
    expect(outcome).toMatchObject({ kind: 'finding', problem: expect.stringContaining('prototype') });
  });

  it('is a parser that takes far more memory than the input has bytes', async () => {
    const kept: Uint8Array[] = [];
    const outcome = await outcomeOf(() => void kept.push(new Uint8Array(300 * 2 ** 20).fill(1)));
    expect(outcome).toMatchObject({ kind: 'finding', problem: expect.stringContaining('MB of memory') });
  });

  it('is a parser that hangs', async () => {
    const outcome = await outcomeOf(() => {
      // Of the processor's time: on a busy machine that of the clock is longer.
      for (const start = processorTime(); processorTime() - start < 1100; );
    });
    expect(outcome).toMatchObject({ kind: 'finding', problem: expect.stringContaining(' ms') });
  });

  it('is made as small as it can be', async () => {
    const input = utf8('{"a": [1, 2, 3], "bad": {"deep": true}}');
    const smallest = await minimize(input, async (candidate) =>
      /b.*p/.test(new TextDecoder().decode(candidate)),
    );
    expect(new TextDecoder().decode(smallest)).toBe('bp');
  });
});
