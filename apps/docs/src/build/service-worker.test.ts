import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { livePartsIn, writeServiceWorker } from './service-worker.ts';

it('keeps what live parts and the search are made of, not every page', () => {
  const parts = ['worker-a.js', 'style.b.css', 'chunks/theme.c.js', 'chunks/@localSearchIndexroot.e.js'];
  const others = ['reading_lstm.md.d.js', 'reading_lstm.md.d.lean.js', 'a.png'];
  expect(livePartsIn([...others, ...parts])).toEqual([...parts].sort());
});

it('knows their addresses under the base of the site', async () => {
  const out = mkdtempSync(join(tmpdir(), 'unroll-worker-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  mkdirSync(join(out, 'assets/chunks'), { recursive: true });
  writeFileSync(join(out, 'assets/chunks/theme.c.js'), '');
  await writeServiceWorker(out, '/unroll/');
  const script = readFileSync(join(out, 'service-worker.js'), 'utf8');
  expect(script).toContain('"/unroll/assets/chunks/theme.c.js"');
  expect(script).not.toContain('process.env');
});

it('is another one when a page, or a model, has changed', async () => {
  const out = mkdtempSync(join(tmpdir(), 'unroll-worker-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  mkdirSync(join(out, 'assets/chunks'), { recursive: true });
  mkdirSync(join(out, 'models/en'), { recursive: true });
  const made = async (): Promise<string> => {
    await writeServiceWorker(out, '/');
    return readFileSync(join(out, 'service-worker.js'), 'utf8');
  };
  const first = await made();
  expect(await made()).toBe(first);
  writeFileSync(join(out, 'assets/start_index.md.a.js'), '');
  const second = await made();
  expect(second).not.toBe(first);
  writeFileSync(join(out, 'models/en/config.json'), '{}');
  const third = await made();
  expect(third).not.toBe(second);
  writeFileSync(join(out, 'models/en/config.json'), '{ }');
  expect(await made()).not.toBe(third);
});
