import { expect, it } from 'vitest';
import { addPoint, byStep, type HistoryPoint, pointOf } from './history.ts';

const step = (n: number): HistoryPoint => ({ step: n, loss: n, gradNorm: 1, validLoss: null });
const evaluation = (n: number): HistoryPoint => ({ step: n, loss: null, gradNorm: null, validLoss: n });

it.each([
  [1000, 100_000],
  [10, 30_000], // more evaluations than there is room for
  [1, 5_000],
])('keeps both curves, in order and to their ends, with an evaluation every %i steps', (every, steps) => {
  const history: HistoryPoint[] = [];
  for (let n = 1; n <= steps; n++) {
    addPoint(history, step(n));
    if (n % every === 0) addPoint(history, evaluation(n));
  }
  const losses = history.filter(({ loss }) => loss !== null);
  const evaluations = history.filter(({ validLoss }) => validLoss !== null);
  expect(losses.length).toBeGreaterThan(499);
  expect(losses.length).toBeLessThanOrEqual(1000);
  expect(evaluations.length).toBeGreaterThanOrEqual(Math.min(steps / every, 500));
  expect(evaluations.length).toBeLessThanOrEqual(1000);
  const order = history.map(({ step }) => step);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(steps - (losses.at(-1)?.step ?? 0)).toBeLessThan(2);
});

it('takes steps and evaluations, and nothing else', () => {
  const found = {
    loss: 2,
    perplexity: 7,
    predictions: 10,
    best: true,
    loweredLr: undefined,
    beginsAverage: false,
  };
  expect(pointOf({ type: 'evaluation', step: 3, epoch: 1, ...found })).toEqual(
    evaluation(3) && { ...evaluation(3), validLoss: 2 },
  );
  expect(pointOf({ type: 'end', step: 3, reason: 'steps' })).toBeUndefined();
});

it('is drawn with an evaluation at the place of its step', () => {
  expect(byStep([step(1), step(2), evaluation(2), evaluation(3)])).toEqual([
    step(1),
    { ...step(2), validLoss: 2 },
    evaluation(3),
  ]);
});
