import { expect, it } from 'vitest';
import { madeResult } from '../test/made-result.ts';
import { tinyRow } from '../test/tiny.ts';
import type { Result } from './result.ts';
import { listRows, resultsPage, shortTable } from './tables.ts';

const withExact = (seed: number, plain: number, exact: number): Result => {
  const result = madeResult({ seed, seconds: 100 * seed }, plain);
  return {
    ...result,
    measured: { ...result.measured, exact: { ...result.measured.plain, perplexity: exact } },
  };
};
const three = new Map([
  ['tiny-char', [withExact(1, 13, 13.5), withExact(2, 14, 14.25), withExact(3, 13.8, 15)]],
]);
const rowsOf = (table: string) =>
  table.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

it('shows the mean over the seeds with the least and the most, and the mean of their time', () => {
  const [, , line] = rowsOf(shortTable([tinyRow], three, 'docs/results'));
  expect(line[0]).toBe('tiny-char');
  expect(line[1]).toContain('--max-steps 60');
  expect(line[2]).toBe('13.60 (13.00 to 14.00); exact 14.25 (13.50 to 15.00)');
  expect(line[3]).toBe('9.5 (a book)');
  expect(line[5]).toBe('3 min 20 s');
  expect(line[6]).toBe('Some CPU, 2 cores; wasm, 2 threads');
  expect(line[7]).toBe(
    [1, 2, 3]
      .map((seed) => `${seed}: [\`abababababab\`](docs/results/tiny-char-seed${seed}.html)`)
      .join(', '),
  );
});

it('names the seeds of a figure that not all of them have', () => {
  const plain = [1, 2, 3].map((seed) => madeResult({ seed }, 13));
  const withTwo = [withExact(1, 13, 13.5), plain[1], withExact(3, 13, 15)];
  const figures = (runs: Result[]) => rowsOf(shortTable([tinyRow], new Map([['tiny-char', runs]]), ''))[2][2];
  expect(figures([withExact(1, 13, 13.5), plain[1]])).toBe('13.00 (13.00 to 13.00); exact 13.50 (seed 1)');
  expect(figures(withTwo)).toBe('13.00 (13.00 to 13.00); exact 14.25 (13.50 to 15.00; seed 1, 3)');
});

it('says plainly whether a goal is met: by the mean, before it is rounded', () => {
  const goals = (...perplexities: number[]) => {
    const results = perplexities.map((perplexity, i) => madeResult({ seed: i }, perplexity));
    return rowsOf(shortTable([tinyRow], new Map([['tiny-char', results]]), ''))[2][4];
  };
  expect(goals(13.8, 14)).toBe('at most 13.9: met; exact at most 1: not measured yet');
  expect(goals(13.904)).toBe('at most 13.9: **not met** (13.90); exact at most 1: not measured yet');
  expect(rowsOf(shortTable([tinyRow], three, ''))[2][4]).toBe(
    'at most 13.9: met; exact at most 1: **not met** (14.25)',
  );
});

it('shows losses with four digits where the loss is what counts', () => {
  const row = { ...tinyRow, measure: 'loss' as const };
  const results = new Map([['tiny-char', [madeResult({}, Math.exp(1.49996))]]]);
  expect(rowsOf(shortTable([row], results, ''))[2][2]).toBe('1.5000');
});

it('says what was not run yet', () => {
  const [, , line] = rowsOf(shortTable([tinyRow], new Map(), 'docs/results'));
  expect(line.slice(2, 6)).toEqual([
    'not run yet',
    '9.5 (a book)',
    'at most 13.9: not measured yet; exact at most 1: not measured yet',
    '',
  ]);
  expect(listRows([tinyRow], new Map())).toContain('tiny-char  not run yet');
});

it('makes a page with all that a repetition needs', () => {
  const page = resultsPage([tinyRow], three);
  for (const text of [
    'pnpm results tiny-char --seed 1',
    `unroll train --data texts/tiny ${tinyRow.train.join(' ')} --seed 1`,
    '[report](results/tiny-char-seed2.html), [numbers](results/tiny-char-seed2.json)',
    'ab'.repeat(32),
    'wasm, SIMD, 2 threads',
    'commit c0ffee',
    '2026-01-02',
    '14,810',
    '1,302 parameters',
    'Validation by steps: ',
  ]) {
    expect(page).toContain(text);
  }
});

it('refuses a result of a row that there is not', () => {
  const results = new Map([['gone', [madeResult({ row: 'gone' })]]]);
  expect(() => resultsPage([tinyRow], results)).toThrow(
    'gone-seed1.json: expected a result of tiny-char, got one of gone; remove it, or bring the row back',
  );
});

it('lists rows with what is recorded of them', () => {
  expect(listRows([tinyRow], three)).toContain(
    'tiny-char  13.60 (13.00 to 14.00); exact 14.25 (13.50 to 15.00), from seed 1, 2, 3\n           That a row can be run.',
  );
});
