import { expose, wrap } from 'comlink';
import { expect, it } from 'vitest';
import { problemsInKorean } from '../words/problems-ko.ts';
import { carryProblems } from './carry-problems.ts';
import { LabError, sayProblem } from './problem.ts';

const tooShort = new LabError({
  name: 'textTooShort',
  values: { least: 2001, batchSize: 20, timeSize: 100, tokens: 5 },
});

it('is said in the language of the page, and in English where nobody says which', () => {
  expect(tooShort.message).toMatch(/^expected at least 2,001 tokens of text, for N = 20 .* got 5\./);
  expect(sayProblem(problemsInKorean, tooShort)).toMatch(/토큰이 2,001개 이상 있어야 하는데 5개뿐입니다/);
});

it('is as it was where there are no words for it', () => {
  expect(sayProblem(problemsInKorean, new RangeError('out of memory'))).toBe('out of memory');
  expect(sayProblem(problemsInKorean, 'a text')).toBe('a text');
  const diverged = Object.assign(new Error('the loss is NaN'), { name: 'DivergedError' });
  expect(sayProblem(problemsInKorean, diverged)).toContain('발산');
});

it('comes through from a worker', async () => {
  carryProblems();
  const { port1, port2 } = new MessageChannel();
  const worker = {
    fail: (): number => {
      throw tooShort;
    },
    break: (): number => {
      throw new TypeError('x is undefined');
    },
  };
  expose(worker, port1);
  const remote = wrap<typeof worker>(port2);
  try {
    const caught = await remote.fail().catch((error: unknown) => error);
    expect(caught).toMatchObject({ message: tooShort.message, problem: tooShort.problem });
    expect(sayProblem(problemsInKorean, caught)).toContain('2,001');
    const other = await remote.break().catch((error: unknown) => error);
    expect(other).toMatchObject({ name: 'TypeError', message: 'x is undefined' });
    expect(other).not.toHaveProperty('problem');
  } finally {
    port1.close();
  }
});
