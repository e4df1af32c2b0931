import { type Tolerance, toBeAllClose } from '@unroll/conformance';
import averages from '@unroll/fixtures/averages.json' with { type: 'json' };
import { findCase } from '@unroll/fixtures/find-case';
import {
  type Parameter,
  parameter,
  ReferenceBackend,
  StateError,
  type TypedArray,
  tensor,
  ValueError,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it, vi } from 'vitest';
import { ExponentialAverage } from './exponential-average.ts';
import { SGD } from './sgd.ts';
import { TriggeredAverage } from './triggered-average.ts';
import type { AverageState, WeightAverage } from './weight-average.ts';

expect.extend({ toBeAllClose });

const STEPS = 10;
const { inputs, options } = findCase(averages, 'mean');

/** One that has begun, because the second evaluation was worse than the first. */
function triggered(): TriggeredAverage {
  const average = new TriggeredAverage({ nonmono: 0 });
  average.evaluated(1);
  average.evaluated(2);
  return average;
}

const kinds = [
  {
    kind: 'ExponentialAverage',
    make: () => new ExponentialAverage({ decay: 0.999 }),
    caseName: 'exponential',
  },
  {
    kind: 'ExponentialAverage',
    make: () => new ExponentialAverage({ decay: 0.25 }),
    caseName: 'exponential-low',
  },
  { kind: 'TriggeredAverage', make: triggered, caseName: 'mean' },
] as const;

/** The parameters a (3, 4) and b (4) of the fixture. */
function parametersOf(dtype: 'f32' | 'f64' = 'f64', backend = new ReferenceBackend()): Parameter[] {
  return ['a', 'b'].map((name) =>
    parameter(name, tensor(backend, inputs[name].data, inputs[name].shape, dtype)),
  );
}

/** A step with the gradients of the fixture, taken into the average. */
function train(average: WeightAverage, params: readonly Parameter[], step: number): void {
  for (const { name, grad } of params) {
    grad.write(inputs[`d${name}`].data.slice(step * grad.size, (step + 1) * grad.size));
  }
  new SGD({ lr: options.lr }).update(params);
  average.update(params);
}

const read = (params: readonly Parameter[]): Promise<TypedArray[]> =>
  Promise.all(params.map(({ value }) => value.read()));

async function averagesOf(average: WeightAverage, params: readonly Parameter[]): Promise<TypedArray[]> {
  average.swap(params);
  const values = await read(params);
  average.swap(params);
  return values;
}

/** As JSON, but for the tensors. */
const saved = ({ tensors, ...rest }: AverageState): AverageState => ({
  ...JSON.parse(JSON.stringify(rest)),
  tensors,
});

describe.each(kinds)('$kind, as $caseName', ({ kind, make, caseName }) => {
  it.each<['f32' | 'f64', Tolerance]>([
    ['f64', { rtol: 1e-12, atol: 1e-15 }],
    ['f32', { rtol: 1e-5, atol: 1e-6 }],
  ])('has after each step the averages of PyTorch in %s', async (dtype, tolerance) => {
    const { expected } = findCase(averages, caseName);
    const [average, params] = [make(), parametersOf(dtype)];
    for (let step = 0; step < STEPS; step++) {
      train(average, params, step);
      for (const [i, values] of (await averagesOf(average, params)).entries()) {
        const { data } = expected[params[i].name];
        expect(values).toBeAllClose(data.slice(step * values.length, (step + 1) * values.length), tolerance);
      }
    }
  });

  it('averages a parameter from the first time on that it sees it, and refuses one that it has not seen', async () => {
    const [average, [a, b]] = [make(), parametersOf()];
    average.update([a]);
    expect(() => average.swap([a, b])).toThrow(
      new StateError(`${kind}.swap: expected parameters that it averages, got b`),
    );
    const before = await read([a, b]);
    average.update([a, b]);
    average.swap([a, b]);
    for (const [i, values] of (await read([a, b])).entries())
      expect(values).toBeAllClose(before[i], { rtol: 1e-12 });
  });

  it('leaves the weights to train on as if there were no average, also after swaps', async () => {
    const [average, params] = [make(), parametersOf('f32')];
    const [idle, others] = [new TriggeredAverage(), parametersOf('f32')];
    for (let step = 0; step < STEPS; step++) {
      train(average, params, step);
      train(idle, others, step);
      await averagesOf(average, params);
      expect(await read(params)).toEqual(await read(others));
    }
    expect(await averagesOf(average, params)).not.toEqual(await read(params));
  });

  it('goes on from a saved state as if it had never stopped', async () => {
    const [unbroken, params] = [make(), parametersOf('f32')];
    for (let step = 0; step < 4; step++) train(unbroken, params, step);
    const [state, weights] = [saved(await unbroken.getState()), await read(params)];
    expect(state).toMatchObject({ kind, updates: 4, start: 0 });
    expect([...state.tensors.keys()]).toEqual(['a.average', 'b.average']);
    for (let step = 4; step < STEPS; step++) train(unbroken, params, step);

    const [resumed, others] = [make(), parametersOf('f32')];
    train(resumed, others, 0); // what it gathered is forgotten
    for (const [i, { value }] of others.entries()) value.write(weights[i]);
    resumed.setState(state, others);
    for (let step = 4; step < STEPS; step++) train(resumed, others, step);
    expect(await averagesOf(resumed, others)).toEqual(await averagesOf(unbroken, params));
    expect(await resumed.getState()).toEqual(await unbroken.getState());
  });

  it('shows in its state nothing of an update that came after the call', async () => {
    const [average, params] = [make(), parametersOf()];
    for (let step = 0; step < 3; step++) train(average, params, step);
    const before = await average.getState();
    const asked = average.getState();
    train(average, params, 3);
    expect(await asked).toEqual(before);
  });

  it('swaps without reading back', () => {
    const backend = new ReferenceBackend();
    const [average, params] = [make(), parametersOf('f64', backend)];
    train(average, params, 0);
    const reading = vi.spyOn(backend, 'read');
    average.swap(params);
    expect(reading).not.toHaveBeenCalled();
  });

  it('holds an average of each weight and, to swap, the largest once more; gives all back', () => {
    const backend = new ReferenceBackend();
    const [average, params] = [make(), parametersOf('f64', backend)];
    const without = backend.bytes;
    for (let step = 0; step < STEPS; step++) {
      train(average, params, step);
      expect(backend.bytes - without).toBe((12 + 4 + (step > 0 ? 12 : 0)) * 8);
      average.swap(params);
      average.swap(params);
      expect(average.bytes).toBe(backend.bytes - without);
    }
    average.dispose();
    expect(backend.bytes).toBe(without);
  });

  it('refuses to average or to be saved while averages stand in the place of weights', async () => {
    const [average, params] = [make(), parametersOf()];
    train(average, params, 0);
    average.swap(params);
    const message =
      'expected the weights in the parameters, but the averages are there; swap them back first';
    expect(() => average.update(params)).toThrow(new StateError(`${kind}.update: ${message}`));
    await expect(average.getState()).rejects.toThrow(new StateError(`${kind}.getState: ${message}`));
    average.swap(params);
    average.update(params);
  });

  it('has nothing to swap before its first update', () => {
    const average = make();
    expect(average.isActive).toBe(false);
    expect(() => average.swap(parametersOf())).toThrow(
      new StateError(`${kind}.swap: expected an average, but none has begun; ask isActive before`),
    );
    average.update(parametersOf());
    expect(average.isActive).toBe(true);
  });

  it('refuses the state of another kind, of another model, and a damaged one, and stays as it was', async () => {
    const [average, params] = [make(), parametersOf()];
    train(average, params, 0);
    const state = await average.getState();
    const backend = new ReferenceBackend();
    const larger = [parameter('a', zeros(backend, [3, 5], 'f64')), params[1]];
    const refusals: [AverageState, Parameter[], string][] = [
      [{ ...state, kind: 'Other' }, params, `expected the state of ${kind}, got that of Other`],
      [
        state,
        larger,
        'expected a.average (3, 5), got (3, 4) with 12 numbers; is it the state of another model?',
      ],
      [
        state,
        [params[0]],
        'expected only tensors of the parameters at hand, got b.average; is it the state of another model?',
      ],
      [
        { ...state, tensors: new Map() },
        params,
        'expected a.average (3, 4), got none; is it the state of another model?',
      ],
      [
        { ...state, updates: 1.5 },
        params,
        'expected updates to be a whole number from 0, got 1.5; is the state damaged?',
      ],
      [
        { ...state, start: 2 },
        params,
        'expected start to be null or a whole number from 0 to 1, got 2; is the state damaged?',
      ],
      [
        { ...state, losses: [1, Number.NaN] },
        params,
        'expected losses to be numbers, got NaN; is the state damaged?',
      ],
    ];
    for (const [wrong, parameters, message] of refusals) {
      expect(() => average.setState(wrong, parameters)).toThrow(
        new StateError(`${kind}.setState: ${message}`),
      );
    }
    expect(await average.getState()).toEqual(state);
  });
});

describe('ExponentialAverage', () => {
  it('set back to its beginning, forgets what it had averaged', async () => {
    const [average, params] = [new ExponentialAverage(), parametersOf()];
    const atFirst = await average.getState();
    train(average, params, 0);
    average.setState(atFirst, params);
    train(average, params, 1);
    expect(await averagesOf(average, params)).toEqual(await read(params));
  });

  it('begins at once, and no evaluation changes it', async () => {
    const [average, params] = [new ExponentialAverage(), parametersOf()];
    train(average, params, 0);
    const before = await average.getState();
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((loss) => average.evaluated(loss))).not.toContain(true);
    expect(await average.getState()).toEqual(before);
    expect(average.decay).toBe(0.999);
  });

  it.each([1, -0.1, Number.NaN])('refuses a decay of %d', (decay) => {
    expect(() => new ExponentialAverage({ decay })).toThrow(
      new ValueError(`decay: expected a number from 0 to below 1, got ${decay}`),
    );
  });
});

describe('TriggeredAverage', () => {
  const began = (average: WeightAverage, losses: readonly number[]) =>
    losses.flatMap((loss, i) => (average.evaluated(loss) ? [i] : []));

  it.each([
    'triggered-after-five',
    'triggered-after-two',
    'triggered-after-one',
    'triggered-never',
    'triggered-not-by-an-equal-one',
  ])('begins when the code of AWD-LSTM does: %s', (caseName) => {
    const { options, inputs, expected } = findCase<{ nonmono: number }>(averages, caseName);
    expect(began(new TriggeredAverage(options), inputs.losses.data)).toEqual(expected.began.data);
  });

  it('waits for five evaluations unless told otherwise', () => {
    expect(new TriggeredAverage().nonmono).toBe(5);
    expect(began(new TriggeredAverage(), [1, 2, 2, 2, 2, 2, 2])).toEqual([6]);
  });

  it('takes in no weights from before it began', async () => {
    const [average, params] = [new TriggeredAverage({ nonmono: 0 }), parametersOf()];
    for (let step = 0; step < 3; step++) train(average, params, step);
    average.evaluated(1);
    expect(average.isActive).toBe(false);
    average.evaluated(2);
    expect(average.isActive).toBe(false);
    train(average, params, 3);
    expect(average.isActive).toBe(true);
    expect(await averagesOf(average, params)).toEqual(await read(params));
    expect(await average.getState()).toMatchObject({ updates: 4, start: 3, losses: [1, 2] });
  });

  it('begins once', () => {
    const average = triggered();
    expect(began(average, [3, 4, 5])).toEqual([]);
  });

  it('goes on from a state from before it began, with the losses that it saw', async () => {
    const [average, params] = [new TriggeredAverage({ nonmono: 1 }), parametersOf()];
    for (const loss of [5, 4]) average.evaluated(loss);
    train(average, params, 0);
    const state = saved(await average.getState());
    expect(state).toMatchObject({ updates: 1, start: null, losses: [5, 4] });
    expect(state.tensors.size).toBe(0);

    const resumed = triggered();
    train(resumed, params, 1);
    resumed.setState(state, params);
    expect(resumed.isActive).toBe(false);
    expect(await resumed.getState()).toEqual(state);
    const fresh = new TriggeredAverage({ nonmono: 1 });
    fresh.setState(state, params);
    expect(fresh.evaluated(4.5)).toBe(false);
    expect(fresh.evaluated(4.6)).toBe(true);
  });

  it('counts a loss that is no number as the worst there is', async () => {
    const average = new TriggeredAverage({ nonmono: 1 });
    expect(began(average, [Number.NaN, 3, Number.POSITIVE_INFINITY])).toEqual([]);
    expect(saved(await average.getState())).toEqual(await average.getState());
    expect(average.evaluated(Number.NaN)).toBe(true);
  });

  it.each([-1, 1.5, Number.NaN])('refuses to wait for %d evaluations', (nonmono) => {
    expect(() => new TriggeredAverage({ nonmono })).toThrow(
      new ValueError(`nonmono: expected a whole number of evaluations from 0, got ${nonmono}`),
    );
  });
});

describe('ExponentialAverage', () => {
  it('set back to its beginning, forgets what it had averaged', async () => {
    const [average, params] = [new ExponentialAverage(), parametersOf()];
    const atFirst = await average.getState();
    train(average, params, 0);
    average.setState(atFirst, params);
    train(average, params, 1);
    expect(await averagesOf(average, params)).toEqual(await read(params));
  });

  it('refuses a state that has not begun, since it begins at once', () => {
    const state = { kind: 'ExponentialAverage', updates: 3, start: null, losses: [], tensors: new Map() };
    expect(() => new ExponentialAverage().setState(state, [])).toThrow('expected start to be a number');
  });
});
