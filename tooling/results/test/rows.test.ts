import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { rows } from '../src/rows.ts';
import { program } from './tiny.ts';

it.each(rows.map((row) => [row.id, row.train] as const))(
  'unroll train understands what the row %s says',
  async (_, train) => {
    const [node, ...unroll] = program('unroll.ts');
    const { stdout } = await promisify(execFile)(node, [...unroll, 'train', ...train, '--print-config']);
    expect(stdout).toContain('training:');
  },
);

it('has a figure for each goal, and a goal for no figure twice', () => {
  for (const { extras, goals } of rows) {
    const figures = ['plain', ...extras.map(({ name }) => name)];
    const wanted = goals.map(({ figure }) => figure);
    expect(figures).toEqual(expect.arrayContaining(wanted));
    expect(new Set(wanted).size).toBe(wanted.length);
  }
});
