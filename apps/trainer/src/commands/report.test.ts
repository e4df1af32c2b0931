import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluationLine, stepLine, writeRun } from '../../test/run-fixture.ts';
import { UsageError } from '../exit-code.ts';
import { compareRuns } from './compare.ts';
import { makeReports } from './report.ts';

let root: string;
let printed: string[];
let runs: string[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'unroll-report-'));
  const settings = (lr: number): string =>
    `training: {batchSize: 2, timeSize: 5}\noptimizer: {lr: ${lr}}\nmodel: {name: rnnlm}\n`;
  runs = [
    await writeRun(join(root, 'slow'), {
      steps: [stepLine(20), stepLine(40, { loss: 1.5 })],
      evaluations: [evaluationLine(20, 2), evaluationLine(40, 2.25)],
      settings: settings(20),
    }),
    await writeRun(join(root, 'good'), {
      steps: [stepLine(20, { tokensPerSecond: 4000 })],
      evaluations: [evaluationLine(20, 1)],
      settings: settings(5),
    }),
    await writeRun(join(root, 'new\n\u001b[31m'), { settings: settings(5) }),
  ];
  return () => rm(root, { recursive: true, force: true });
});

beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((line = '') => printed.push(String(line)));
});

afterEach(() => vi.restoreAllMocks());

describe('makeReports', () => {
  it('writes a page into the folder of a run, again and again, and prints where', async () => {
    const path = join(runs[0], 'report.html');
    await makeReports([runs[0]], {});
    await makeReports([runs[0]], {});
    expect(printed).toEqual([path, path]);
    expect(await readFile(path, 'utf8')).toContain('<title>slow – Unroll</title>');
  });

  it('writes a page about several where it is told to', async () => {
    const out = join(root, 'both.html');
    await makeReports([runs[0], runs[1], `${runs[1]}/`], { out });
    expect(printed).toEqual([out]);
    expect(await readFile(out, 'utf8')).toContain('<h1>2 runs</h1>');
  });

  it('leaves a file alone that is no report, and a folder', async () => {
    const out = join(root, 'thesis.html');
    await writeFile(out, '<p>mine</p>');
    await expect(makeReports(runs, { out })).rejects.toThrow(UsageError);
    expect(await readFile(out, 'utf8')).toBe('<p>mine</p>');
    await mkdir(join(root, 'folder'));
    await expect(makeReports(runs, { out: join(root, 'folder') })).rejects.toThrow(/there is a folder/);
    expect(printed).toEqual([]);
  });
});

describe('compareRuns', () => {
  it('prints a row for each run, with the settings that differ', async () => {
    await compareRuns(runs, {});
    const [head, ...rows] = printed[0].split('\n').map((line) => line.split(/ {2,}/));
    const columns = ['steps', 'best perplexity', 'at step', 'last train loss', 'tokens/s', 'time'];
    expect(head).toEqual(['run', 'model', 'lr', ...columns]);
    expect(rows[0]).toEqual(['slow', '-', '20', '40', '7.389', '20', '1.500', '1,000', '0.4 s']);
    expect(rows[1]).toEqual(['good', '-', '5', '20', '2.718', '20', '2.050', '4,000', '0.1 s']);
    expect(rows[2]).toEqual(['new\\n\\x1b[31m', '-', '5', '0', '-', '-', '-', '-', '0.0 s']);
  });

  it.each([
    ['perplexity', ['good', 'slow']],
    ['loss', ['slow', 'good']],
    ['speed', ['good', 'slow']],
    ['steps', ['good', 'slow']],
    ['time', ['good', 'slow']],
  ])('puts them in order of %s', async (sort, order) => {
    await compareRuns(runs, { json: true, sort });
    const names: string[] = JSON.parse(printed[0]).map(({ name }: { name: string }) => name);
    expect(names.filter((name) => order.includes(name))).toEqual(order);
  });

  it('says the same as JSON', async () => {
    await compareRuns(runs.slice(0, 2), { json: true });
    expect(JSON.parse(printed[0])[0]).toMatchObject({
      ...{ name: 'slow', path: runs[0], steps: 40, tokens: 400, lastLoss: 1.5, tokensPerSecond: 1000 },
      best: { step: 20, loss: 2 },
      differing: { 'optimizer.lr': 20 },
    });
  });
});
