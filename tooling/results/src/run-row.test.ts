import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { arch, hostname, platform, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { program, tinyRow, writeTinyCorpus } from '../test/tiny.ts';
import { type Result, readResults } from './result.ts';
import type { Extra } from './row.ts';
import { type RunRowOptions, runRow } from './run-row.ts';

let folder: string;
let options: RunRowOptions & { readonly said: string[] };
/** What the row came to without an interruption. */
let whole: Result;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-results-'));
  const said: string[] = [];
  options = {
    ...{ seed: 3, backend: 'reference', data: await writeTinyCorpus(folder), out: join(folder, 'run') },
    ...{ results: join(folder, 'results'), unroll: program('unroll.ts'), commit: 'c0ffee', said },
    say: (line) => said.push(line),
  };
  whole = await runRow(tinyRow, options);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const readLines = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

it('trains a row, measures it, and records what came out', async () => {
  const { out } = options;
  expect(whole).toMatchObject({
    ...{ row: 'tiny-char', seed: 3, commit: 'c0ffee', backend: 'reference', threads: 1, parts: 1, steps: 60 },
    command: `unroll train --data texts/tiny ${tinyRow.train.join(' ')} --seed 3 --backend reference --out runs/results/tiny-char-seed3`,
    machine: { node: process.version },
  });
  const evaluations = await readLines(join(out, 'evaluations.jsonl'));
  expect(whole.validation.map(({ step, loss }) => [step, loss])).toEqual(
    evaluations.map(({ step, loss }) => [step, loss]),
  );
  expect(whole.validation.map(({ step }) => step)).toEqual([20, 40, 60]);
  expect(whole.best.loss).toBe(Math.min(...evaluations.map(({ loss }) => loss)));

  // The plain figure is what the run itself found, by the same protocol, of the same model.
  const [test] = await readLines(join(out, 'test.json'));
  const { plain, exact } = whole.measured;
  expect(plain).toEqual({
    loss: test.loss,
    perplexity: test.perplexity,
    predictions: test.predictions,
    command: 'unroll evaluate runs/results/tiny-char-seed3 --data texts/tiny --split test',
  });
  expect(exact.command).toBe(`${plain.command} --exact`);
  expect(exact.predictions).toBeGreaterThan(plain.predictions);

  const weights = await readFile(join(out, 'model.safetensors'));
  expect(whole.sha256).toBe(createHash('sha256').update(weights).digest('hex'));
  expect(readResults(options.results)).toEqual(new Map([['tiny-char', [whole]]]));
});

it('leaves a report, and says nothing of this machine that concerns nobody else', async () => {
  const [report, numbers] = await Promise.all(
    ['html', 'json'].map((ending) => readFile(join(options.results, `tiny-char-seed3.${ending}`), 'utf8')),
  );
  expect(report).toContain('Best validation perplexity');
  for (const text of [report, numbers]) {
    expect(text).toContain('texts/tiny');
    expect(text).not.toContain(folder);
    expect(text).toContain(`${platform()} ${release().replace(/-.*/, '')} ${arch()}`);
  }
  expect(report).not.toContain(`>${hostname()}<`);
});

it('goes on with a run that was interrupted, to the same weights, and adds up its time', async () => {
  const row = { ...tinyRow, extras: [] };
  const [out, results] = [join(folder, 'interrupted'), join(folder, 'results-interrupted')];
  const stopped = runRow(row, { ...options, out, results, unroll: program('stopped-unroll.ts') });
  await expect(stopped).rejects.toMatchObject({
    message: 'tiny-char: unroll train ended with 143; the same command goes on with what was saved',
    exitCode: 143,
  });
  expect(readResults(results)).toEqual(new Map());

  const result = await runRow(row, { ...options, out, results });
  expect(result).toMatchObject({ parts: 2, steps: 60, sha256: whole.sha256, validation: whole.validation });
  const [{ parts }] = await readLines(`${out}.attempt.json`);
  expect(parts).toHaveLength(2);
  expect(result.seconds).toBeCloseTo(parts[0].seconds + parts[1].seconds, 9);
});

it('only measures again what has come to its end', async () => {
  await rm(join(options.results, 'tiny-char-seed3.json'));
  expect(await runRow(tinyRow, options)).toEqual(whole);
  expect(options.said.join('\n')).toContain('it is only measured again (to train anew, remove the folder)');
});

it('refuses to go on with the run of another command', async () => {
  await expect(runRow(tinyRow, { ...options, seed: 4 })).rejects.toThrow(
    /run: expected a run of unroll train .*--seed 4 .*, but there is one of unroll train .*--seed 3 .*; remove it, or name another folder with --out/,
  );
});

it('records nothing where a measurement is not what was expected, and says so', async () => {
  const results = join(folder, 'results-odd');
  const measured = (extra: Extra) => runRow({ ...tinyRow, extras: [extra] }, { ...options, results });
  await expect(measured({ name: 'cache', evaluate: [], under: 'elsewhere' })).rejects.toThrow(
    'tiny-char: cache: expected unroll evaluate --json to tell loss, perplexity and predictions in elsewhere, got undefined',
  );
  await expect(measured({ name: 'odd', evaluate: ['--no-such-option'] })).rejects.toMatchObject({
    message: 'unroll evaluate: ended with 2; see above',
    exitCode: 2,
  });
  expect(readResults(results)).toEqual(new Map());
});
