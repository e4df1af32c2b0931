import { describe, expect, it } from 'vitest';
import { differingSettings } from './differing-settings.ts';
import { measure } from './measure.ts';
import type { Run, Scalar } from './run.ts';
import { runLabels } from './run-labels.ts';
import { summarize } from './summarize.ts';

function run(more: Partial<Run> & { rates?: readonly number[]; told?: Record<string, Scalar> }): Run {
  const { rates = [], told = {}, ...rest } = more;
  const steps = rates.map((tokensPerSecond, i) => ({
    ...{ step: i + 1, epoch: 1, loss: 2, lr: 1, gradNorm: 1, tokensPerSecond },
  }));
  return {
    ...{ path: '/runs/a', name: 'a', environment: new Map(), model: new Map(), evaluations: [], samples: [] },
    ...{ settings: new Map(Object.entries(told)), steps, lastStep: steps.at(-1) },
    ...rest,
  };
}

describe('summarize', () => {
  it('takes the median of the speeds, whatever a single one was', () => {
    const rates = (list: readonly number[]) => summarize(run({ rates: list })).tokensPerSecond;
    expect(rates([100, 1, 110])).toBe(100);
    expect(rates([100, 120])).toBe(110);
    expect(rates([Number.NaN, 90])).toBe(90);
    expect(rates([])).toBeUndefined();
  });

  it('counts tokens where it is known how many a step has', () => {
    expect(summarize(run({ rates: [1, 1], tokensPerStep: 21 })).tokens).toBe(42);
    expect(summarize(run({ rates: [1, 1] })).tokens).toBeUndefined();
  });

  it('names the model with its sizes, as far as they are known', () => {
    const model = new Map<string, Scalar>([
      ['model', 'rnnlm'],
      ['hiddenSize', 8],
    ]);
    expect(summarize(run({ model })).model).toBe('rnnlm, H 8');
    expect(summarize(run({})).model).toBe('');
  });
});

describe('differingSettings', () => {
  it('are those with another value in any of the runs, or with none', () => {
    const runs = [run({ told: { a: 1, b: 2, c: 3 } }), run({ told: { a: 1, b: 4, d: 5 } })];
    expect([...differingSettings(runs)]).toEqual([
      ['b', [2, 4]],
      ['c', [3, undefined]],
      ['d', [undefined, 5]],
    ]);
  });

  it('are not those that say what holds anyway, and have that where nothing is said', () => {
    const runs = [
      run({ told: { 'model.cell': 'lstm', 'model.forgetBias': 1, 'optimizer.lr': 5 } }),
      run({ told: { 'model.name': 'rnnlm' } }),
    ];
    expect([...differingSettings(runs)]).toEqual([
      ['model.forgetBias', [1, '0']],
      ['optimizer.lr', [5, 'as usual']],
      ['model.name', [undefined, 'rnnlm']],
    ]);
  });
});

describe('runLabels', () => {
  it('are as short as they can be and different', () => {
    const labels = (...paths: string[]) => runLabels(paths.map((path) => run({ path })));
    expect(labels('/runs/a', '/runs/b/')).toEqual(['a', 'b']);
    expect(labels('/x/one/run', '/x/two/run')).toEqual(['one/run', 'two/run']);
    expect(labels('/x/run', '/x/run')).toEqual(['/x/run', '/x/run']);
  });
});

describe('measure', () => {
  it('stays short where training diverged', () => {
    expect([1.5, 84.3, 1234.5, 2.694e43, Number.POSITIVE_INFINITY].map(measure)).toEqual([
      '1.500',
      '84.30',
      '1,235',
      '2.69e+43',
      'Infinity',
    ]);
  });
});
