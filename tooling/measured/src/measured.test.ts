import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepMeasured, measuredFolder, readMeasured, typedCommand } from './measured.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-measured-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const kill = {
  name: 'kill-wasm',
  title: 'Killed and resumed',
  about: 'Stops a run at random moments.',
  command: 'pnpm kill',
  figures: [{ what: 'kills', value: '200', asked: '200' }],
};

describe('what was measured', () => {
  it('is read as it was kept, with machine, date, commit and time', async () => {
    await keepMeasured({ ...kill, seconds: 12 }, folder);
    const [read] = readMeasured(folder);
    expect(read).toMatchObject({ ...kill, seconds: 12 });
    expect(read.machine.node).toBe(process.version);
    expect(Date.now() - Date.parse(read.date)).toBeLessThan(60_000);
  });

  it('takes the place of what was measured before under its name', async () => {
    await keepMeasured(kill, folder);
    await keepMeasured({ ...kill, figures: [{ what: 'kills', value: '300' }] }, folder);
    expect(readdirSync(folder)).toEqual(['kill-wasm.json']);
    expect(readMeasured(folder)[0].figures).toEqual([{ what: 'kills', value: '300' }]);
  });

  it('is not kept under a name that leads elsewhere, nor without a figure', async () => {
    await expect(keepMeasured({ ...kill, name: '../kill' }, folder)).rejects.toThrow('small letters');
    await expect(keepMeasured({ ...kill, figures: [] }, folder)).rejects.toThrow('expected a figure');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused when a file is not what was written', async () => {
    writeFileSync(join(folder, 'kill-wasm.json'), '{"name": "kill-wasm"}');
    expect(() => readMeasured(folder)).toThrow(/kill-wasm\.json: .*about/s);
    await keepMeasured(kill, folder);
    rmSync(join(folder, 'kill-wasm.json'));
    await keepMeasured({ ...kill, name: 'other' }, folder);
    const [other] = readMeasured(folder);
    writeFileSync(join(folder, 'kill-wasm.json'), JSON.stringify(other));
    expect(() => readMeasured(folder)).toThrow('it says that it is other');
  });

  it('is there, and as it was written', () => {
    expect(readMeasured(measuredFolder).length).toBeGreaterThan(0);
  });
});

describe('the command', () => {
  it('is without what only this machine knows', () => {
    expect(typedCommand('pnpm soak', ['--', '--data', '/home/x/ptb', '--minutes', '60', '--record'])).toBe(
      'pnpm soak --data <text> --minutes 60',
    );
    expect(typedCommand('pnpm soak', ['--data=/home/x/ptb'])).toBe('pnpm soak --data=<text>');
  });
});
