import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../test/tiny.ts';
import { Attempt } from './attempt.ts';

/** The folder of a run, as far as an attempt looks into it. */
async function runFolder(): Promise<string> {
  const out = join(await temporaryFolder(), 'some', 'run');
  await mkdir(out, { recursive: true });
  await writeFile(join(out, 'run.json'), '{}');
  await writeFile(join(out, 'metrics.jsonl'), '');
  return out;
}

const ending = (code: number) => async () => code;

it('is finished once a part ends with 0', async () => {
  const out = await runFolder();
  const attempt = Attempt.begin(out, 'unroll train', 'c0ffee');
  expect(await attempt.time(ending(143))).toBe(143);
  expect([attempt.finished, attempt.parts]).toEqual([false, 1]);
  const later = Attempt.goOn(out, 'unroll train');
  expect(await later.time(ending(0))).toBe(0);
  expect([later.finished, later.parts, later.commit]).toEqual([true, 2, 'c0ffee']);
  expect(later.seconds).toBeGreaterThan(attempt.seconds);
  expect(Attempt.goOn(out, 'unroll train').seconds).toBe(later.seconds);
});

it('counts a part that was killed, this program with it, until its last sign of life', async () => {
  const out = await runFolder();
  const path = `${out}.attempt.json`;
  const begun = Date.UTC(2026, 0, 1);
  const state = { command: 'unroll train', commit: 'c0ffee', parts: [{ begun }], finished: false };
  await writeFile(path, JSON.stringify(state));
  const last = begun / 1000 + 90;
  await utimes(join(out, 'metrics.jsonl'), last, last);

  await Attempt.goOn(out, 'unroll train').time(ending(0));
  const { parts } = JSON.parse(await readFile(path, 'utf8'));
  expect(parts[0]).toEqual({ begun, seconds: 90 });
  expect(Attempt.goOn(out, 'unroll train').seconds).toBeCloseTo(90 + parts[1].seconds, 9);
});

it('knows a part before it has ended', async () => {
  const out = await runFolder();
  await Attempt.begin(out, 'unroll train', 'c0ffee').time(async () => {
    expect(Attempt.goOn(out, 'unroll train')).toMatchObject({ parts: 1, seconds: 0, finished: false });
    return 0;
  });
});

it('refuses a run that it did not begin', async () => {
  const out = await runFolder();
  expect(Attempt.isBegun(out)).toBe(true);
  expect(() => Attempt.goOn(out, 'unroll train')).toThrow(
    `${out}: expected a run of unroll train, but there is one that was not begun here; remove it, or name another folder with --out`,
  );
});
