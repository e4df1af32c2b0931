import { toBeAllClose } from '@unroll/conformance';
import { findCase } from '@unroll/fixtures/find-case';
import schedules from '@unroll/fixtures/schedules.json' with { type: 'json' };
import { ValueError } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import {
  ConstantSchedule,
  CosineSchedule,
  LinearSchedule,
  OneCycleSchedule,
  PlateauSchedule,
  type Schedule,
  WarmupSchedule,
} from './schedules.ts';

expect.extend({ toBeAllClose });

const close = { rtol: 1e-9, atol: 1e-12 };
const ratesOf = (schedule: Schedule, steps: number) =>
  Array.from({ length: steps }, (_, step) => schedule.lrAt(step));

describe('ConstantSchedule', () => {
  it('has one rate for every step, whatever evaluations say', () => {
    const schedule = new ConstantSchedule({ lr: 20 });
    expect(schedule.evaluated(5)).toBe(false);
    expect(schedule.evaluated(6)).toBe(false);
    expect(ratesOf(schedule, 3)).toEqual([20, 20, 20]);
  });
});

describe('PlateauSchedule', () => {
  it('divides the rate by 4 only when an evaluation is not better than the best so far', () => {
    const schedule = new PlateauSchedule({ lr: 20 });
    expect([5, 4, 4.5].map((loss) => [schedule.evaluated(loss), schedule.lrAt(0)])).toEqual([
      [false, 20],
      [false, 20],
      [true, 5],
    ]);
    // Better than the one before, but not than the best; then as good as the best.
    expect(schedule.evaluated(4.2)).toBe(true);
    expect(schedule.evaluated(4)).toBe(true);
    expect(schedule.lrAt(1000)).toBe(20 / 64);
    expect(schedule.evaluated(3.9)).toBe(false);
    expect(schedule.lrAt(1001)).toBe(20 / 64);
  });

  it('divides by another factor when told to', () => {
    const schedule = new PlateauSchedule({ lr: 1, factor: 10 });
    schedule.evaluated(1);
    schedule.evaluated(1);
    expect(schedule.lrAt(0)).toBe(0.1);
  });

  it('lowers the rate for a loss that is no number', () => {
    const schedule = new PlateauSchedule({ lr: 1 });
    schedule.evaluated(3);
    expect(schedule.evaluated(Number.NaN)).toBe(true);
    expect(schedule.evaluated(2)).toBe(false);
  });

  it('goes on from a saved state, which is plain JSON', () => {
    const schedule = new PlateauSchedule({ lr: 20 });
    for (const loss of [5, 6, 4]) schedule.evaluated(loss);
    const restored = new PlateauSchedule({ lr: 20 });
    restored.setState(JSON.parse(JSON.stringify(schedule.getState())));
    expect(restored.lrAt(0)).toBe(5);
    expect(restored.evaluated(4.1)).toBe(true);
    const fresh = new PlateauSchedule({ lr: 20 });
    restored.setState(JSON.parse(JSON.stringify(fresh.getState())));
    expect(restored.evaluated(100)).toBe(false);
  });
});

describe('WarmupSchedule', () => {
  it('rises in a straight line, from above 0, and stays', () => {
    expect(ratesOf(new WarmupSchedule({ lr: 10, warmup: 4 }), 7)).toEqual([2, 4, 6, 8, 10, 10, 10]);
    expect(ratesOf(new WarmupSchedule({ lr: 10, warmup: 0 }), 2)).toEqual([10, 10]);
  });
});

describe('CosineSchedule', () => {
  it.each(['cosine', 'cosine-with-minimum'])('has the rates of PyTorch: %s', (name) => {
    const { options, expected } = findCase<{ lr: number; steps: number; minLr: number }>(schedules, name);
    const rates = ratesOf(new CosineSchedule(options), options.steps + 1);
    expect(rates).toBeAllClose(expected.lr.data, close);
  });

  it('stays at the minimum after its last step', () => {
    const schedule = new CosineSchedule({ lr: 1, steps: 10, minLr: 0.1 });
    expect([10, 11, 15, 1000].map((step) => schedule.lrAt(step))).toEqual([0.1, 0.1, 0.1, 0.1]);
  });

  it('warms up in a straight line, then falls', () => {
    const schedule = new CosineSchedule({ lr: 10, steps: 24, warmup: 4 });
    expect(ratesOf(schedule, 5)).toEqual([2, 4, 6, 8, 10]);
    expect(schedule.lrAt(14)).toBeCloseTo(5, 12);
    expect(schedule.lrAt(24)).toBe(0);
  });
});

describe('LinearSchedule', () => {
  it.each(['linear', 'linear-with-minimum'])('has the rates of PyTorch: %s', (name) => {
    const { options, expected } = findCase<{ lr: number; steps: number; warmup: number; minLr: number }>(
      schedules,
      name,
    );
    expect(ratesOf(new LinearSchedule(options), options.steps + 1)).toBeAllClose(expected.lr.data, close);
  });

  it('falls in a straight line from its first step when there is no warm-up, and stays at the minimum', () => {
    const schedule = new LinearSchedule({ lr: 5, steps: 4, minLr: 1 });
    expect(ratesOf(schedule, 7)).toEqual([5, 4, 3, 2, 1, 1, 1]);
  });
});

describe('OneCycleSchedule', () => {
  it.each(['one-cycle', 'one-cycle-top-between-steps'])('has the rates of PyTorch: %s', (name) => {
    const { options, expected } = findCase<{ lr: number; steps: number; rise: number }>(schedules, name);
    const rates = ratesOf(new OneCycleSchedule(options), options.steps);
    expect(rates).toBeAllClose(expected.lr.data, close);
  });

  it('begins at a 25th, and ends, and stays, at a 250,000th', () => {
    const schedule = new OneCycleSchedule({ lr: 1, steps: 100 });
    expect(schedule.lrAt(0)).toBeCloseTo(1 / 25, 12);
    expect(schedule.lrAt(29)).toBe(1);
    expect(schedule.lrAt(99)).toBeCloseTo(1 / 250_000, 15);
    expect(schedule.lrAt(500)).toBe(schedule.lrAt(99));
  });

  it('has a rate for every step of the shortest runs', () => {
    for (const steps of [2, 3, 4]) {
      for (const rate of ratesOf(new OneCycleSchedule({ lr: 1, steps }), steps + 1)) {
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe.each([
  ['ConstantSchedule', new ConstantSchedule({ lr: 3 })],
  ['WarmupSchedule', new WarmupSchedule({ lr: 3, warmup: 5 })],
  ['CosineSchedule', new CosineSchedule({ lr: 3, steps: 9 })],
  ['LinearSchedule', new LinearSchedule({ lr: 3, steps: 9, warmup: 2 })],
  ['OneCycleSchedule', new OneCycleSchedule({ lr: 3, steps: 9 })],
])('%s', (_name, schedule) => {
  it('follows from the step alone: no evaluation and no state changes it', () => {
    const rates = ratesOf(schedule, 9);
    schedule.evaluated(1);
    schedule.evaluated(2);
    schedule.setState({ lr: 99, best: 1 });
    expect(ratesOf(schedule, 9)).toEqual(rates);
  });
});

describe('options of schedules', () => {
  it.each([
    [() => new ConstantSchedule({ lr: -1 }), 'lr: expected a number from 0, got -1'],
    [() => new PlateauSchedule({ lr: 1, factor: 1 }), 'PlateauSchedule: expected a factor above 1, got 1'],
    [
      () => new WarmupSchedule({ lr: 1, warmup: 1.5 }),
      'warmup: expected a whole number of steps from 0, got 1.5',
    ],
    [
      () => new CosineSchedule({ lr: 1, steps: 5, warmup: 5 }),
      'CosineSchedule: expected more steps than the 5 of warm-up, got 5',
    ],
    [
      () => new LinearSchedule({ lr: 1, steps: 4, warmup: 5 }),
      'LinearSchedule: expected more steps than the 5 of warm-up, got 4',
    ],
    [() => new OneCycleSchedule({ lr: 1, steps: 1 }), 'OneCycleSchedule: expected two steps or more, got 1'],
    [
      () => new OneCycleSchedule({ lr: 1, steps: 9, rise: 1 }),
      'OneCycleSchedule: expected rise between 0 and 1, got 1',
    ],
  ])('are refused when out of range: %#', (make, message) => {
    expect(make).toThrow(new ValueError(message));
  });
});
