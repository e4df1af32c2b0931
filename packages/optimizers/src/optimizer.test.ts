import { type Tolerance, toBeAllClose } from '@unroll/conformance';
import { findCase } from '@unroll/fixtures/find-case';
import optimizers from '@unroll/fixtures/optimizers.json' with { type: 'json' };
import {
  type Parameter,
  parameter,
  Random,
  ReferenceBackend,
  randn,
  StateError,
  tensor,
  ValueError,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { AdaGrad } from './adagrad.ts';
import { Adam } from './adam.ts';
import { AdamW } from './adamw.ts';
import { Momentum } from './momentum.ts';
import { Nesterov } from './nesterov.ts';
import type { Optimizer } from './optimizer.ts';
import { RMSprop } from './rmsprop.ts';
import { SGD } from './sgd.ts';

expect.extend({ toBeAllClose });

/** For each kind its case in the fixture, and how many tensors it keeps for a parameter. */
const kinds = [
  { kind: 'SGD', Kind: SGD, caseName: 'sgd', slots: [] },
  { kind: 'Momentum', Kind: Momentum, caseName: 'momentum', slots: ['v'] },
  { kind: 'Nesterov', Kind: Nesterov, caseName: 'nesterov-old-v', slots: ['v'] },
  { kind: 'AdaGrad', Kind: AdaGrad, caseName: 'adagrad', slots: ['h'] },
  { kind: 'RMSprop', Kind: RMSprop, caseName: 'rmsprop', slots: ['h'] },
  { kind: 'Adam', Kind: Adam, caseName: 'adam', slots: ['m', 'v'] },
  { kind: 'AdamW', Kind: AdamW, caseName: 'adamw', slots: ['m', 'v'] },
] as const;

const STEPS = 10;

/** The parameters a (3, 4) and b (4) of the fixture, or of another case with the same names. */
function parametersOf(caseName: string, dtype: 'f32' | 'f64', backend = new ReferenceBackend()): Parameter[] {
  const { inputs } = findCase(optimizers, caseName);
  return ['a', 'b'].map((name) =>
    parameter(name, tensor(backend, inputs[name].data, inputs[name].shape, dtype)),
  );
}

/** Makes the updates `from` to `to` with the gradients of the fixture; what the parameters were after each. */
async function update(
  optimizer: Optimizer,
  params: readonly Parameter[],
  caseName: string,
  from = 0,
  to = STEPS,
): Promise<Record<string, number[]>> {
  const { inputs } = findCase(optimizers, caseName);
  const history: Record<string, number[]> = { a: [], b: [] };
  for (let step = from; step < to; step++) {
    for (const { name, grad } of params) {
      grad.write(inputs[`d${name}`].data.slice(step * grad.size, (step + 1) * grad.size));
    }
    optimizer.update(params);
    for (const { name, value } of params) history[name].push(...(await value.read()));
  }
  return history;
}

describe.each(kinds)('$kind', ({ kind, Kind, caseName, slots }) => {
  const { options, expected } = findCase(optimizers, caseName);
  const make = (): Optimizer => new Kind(options);

  it.each<['f32' | 'f64', Tolerance]>([
    ['f64', { rtol: 1e-12, atol: 1e-15 }],
    ['f32', { rtol: 1e-5, atol: 1e-6 }],
  ])('makes the steps of the fixture in %s', async (dtype, tolerance) => {
    const history = await update(make(), parametersOf(caseName, dtype), caseName);
    for (const name of ['a', 'b']) {
      expect(history[name], name).toBeAllClose(expected[name].data, tolerance);
    }
  });

  it('has the defaults of the fixture', () => {
    expect({ ...new Kind() }).toEqual({ ...make() });
    expect(new Kind().lr).toBe(options.lr);
  });

  it('goes on from a saved state as if it had never stopped', async () => {
    const unbroken = await update(make(), parametersOf(caseName, 'f64'), caseName);
    const [before, params] = [make(), parametersOf(caseName, 'f64')];
    await update(before, params, caseName, 0, 4);
    const state = await before.getState();
    expect(state).toMatchObject({ kind, updates: 4 });
    expect([...state.tensors.keys()]).toEqual(
      ['a', 'b'].flatMap((name) => slots.map((slot) => `${name}.${slot}`)),
    );

    const after = make();
    after.setState(state, params);
    expect(after.updates).toBe(4);
    const rest = await update(after, params, caseName, 4);
    for (const name of ['a', 'b']) expect(rest[name]).toEqual(unbroken[name].slice(-rest[name].length));
  });

  it('forgets what it gathered when it is set to a state from before the first update', async () => {
    const fresh = await update(make(), parametersOf(caseName, 'f64'), caseName);
    const [optimizer, params] = [make(), parametersOf(caseName, 'f64')];
    const state = await make().getState();
    await update(optimizer, params, caseName, 0, 4);
    optimizer.setState(state, params);
    for (const [i, { value }] of parametersOf(caseName, 'f64').entries()) {
      params[i].value.write(await value.read());
    }
    expect(await update(optimizer, params, caseName)).toEqual(fresh);
  });

  it('shows in its state nothing of an update that came after the call', async () => {
    const [optimizer, params] = [make(), parametersOf(caseName, 'f64')];
    await update(optimizer, params, caseName, 0, 3);
    const before = await optimizer.getState();
    const asked = optimizer.getState();
    optimizer.update(params);
    expect(await asked).toEqual(before);
  });

  it('leaves gradients as they are, and changes nothing where they were always 0', async () => {
    const backend = new ReferenceBackend();
    const weight = parameter('W', tensor(backend, [1, 2, 3], [3], 'f64'));
    weight.grad.write([0.5, 0, -0.5]);
    new Kind({ ...options, ...(kind === 'AdamW' && { weightDecay: 0 }) }).update([weight]);
    expect(Array.from(await weight.grad.read())).toEqual([0.5, 0, -0.5]);
    const [up, still, down] = await weight.value.read();
    expect(up).toBeLessThan(1);
    expect(still).toBe(2);
    expect(down).toBeGreaterThan(3);
  });

  it('takes the learning rate of the moment, which a schedule sets', async () => {
    const [optimizer, params] = [make(), parametersOf(caseName, 'f64')];
    const before = await Promise.all(params.map(({ value }) => value.read()));
    optimizer.lr = 0;
    await update(optimizer, params, caseName, 0, 1);
    expect(await Promise.all(params.map(({ value }) => value.read()))).toEqual(before);
    optimizer.lr = options.lr;
    await update(optimizer, params, caseName, 1, 2);
    expect(await Promise.all(params.map(({ value }) => value.read()))).not.toEqual(before);
  });

  it('takes memory at the first update only, and gives it back', async () => {
    const backend = new ReferenceBackend();
    const [optimizer, params] = [make(), parametersOf(caseName, 'f64', backend)];
    const before = backend.bytes;
    await update(optimizer, params, caseName, 0, 1);
    expect(backend.bytes - before).toBe(slots.length * 16 * 8);
    await update(optimizer, params, caseName, 1, 4);
    expect(backend.bytes - before).toBe(slots.length * 16 * 8);
    optimizer.dispose();
    expect(backend.bytes).toBe(before);
  });

  it('refuses a learning rate that is no number from 0', () => {
    for (const lr of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new Kind({ lr })).toThrow(new ValueError(`lr: expected a number from 0, got ${lr}`));
    }
  });
});

describe('SGD with weight decay', () => {
  it.each<['f32' | 'f64', Tolerance]>([
    ['f64', { rtol: 1e-12, atol: 1e-15 }],
    ['f32', { rtol: 1e-5, atol: 1e-6 }],
  ])('makes the steps of PyTorch in %s', async (dtype, tolerance) => {
    const { options, expected } = findCase(optimizers, 'sgd-weight-decay');
    const history = await update(
      new SGD(options),
      parametersOf('sgd-weight-decay', dtype),
      'sgd-weight-decay',
    );
    for (const name of ['a', 'b']) expect(history[name], name).toBeAllClose(expected[name].data, tolerance);
  });

  it('shrinks weights that have no gradient, by the learning rate of the moment', async () => {
    const weight = parameter('W', tensor(new ReferenceBackend(), [8], [1], 'f64'));
    const sgd = new SGD({ lr: 0.5, weightDecay: 0.5 });
    sgd.update([weight]);
    expect(await weight.value.item()).toBe(6);
    sgd.lr = 1;
    sgd.update([weight]);
    expect(await weight.value.item()).toBe(3);
  });
});

describe('Optimizer.setState', () => {
  const backend = new ReferenceBackend();
  const draw = (...shape: number[]) => randn(backend, shape, new Random(1), 1, 'f64');
  const params = [parameter('lstm.Wx', draw(3, 4)), parameter('lstm.b', draw(4))];

  async function savedAdam() {
    const adam = new Adam();
    adam.update(params);
    return adam.getState();
  }

  it('refuses the state of another kind', async () => {
    const state = await savedAdam();
    expect(() => new AdamW().setState(state, params)).toThrow(
      new StateError('AdamW.setState: expected the state of AdamW, got that of Adam'),
    );
  });

  it('refuses the state of a model with other sizes', async () => {
    const state = await savedAdam();
    const larger = [parameter('lstm.Wx', draw(3, 8)), parameter('lstm.b', draw(8))];
    expect(() => new Adam().setState(state, larger)).toThrow(
      new StateError(
        'Adam.setState: expected lstm.Wx.m (3, 8), got (3, 4) with 12 numbers; is it the state of another model?',
      ),
    );
  });

  it('refuses the state of a model with more parameters, and with fewer', async () => {
    const state = await savedAdam();
    const more = [...params, parameter('affine.b', draw(2))];
    expect(() => new Adam().setState(state, more)).toThrow(
      new StateError('Adam.setState: expected affine.b.m (2), got none; is it the state of another model?'),
    );
    expect(() => new Adam().setState(state, [params[0]])).toThrow(
      new StateError(
        'Adam.setState: expected only tensors of the parameters at hand, got lstm.b.m; is it the state of another model?',
      ),
    );
  });

  it.each([-1, 1.5, Number.NaN])('refuses %d updates', async (updates) => {
    const state = { ...(await savedAdam()), updates };
    expect(() => new Adam().setState(state, params)).toThrow(
      `Adam.setState: expected updates to be a whole number from 0, got ${updates}`,
    );
  });

  it('refuses a tensor with fewer numbers than its shape has', async () => {
    const state = await savedAdam();
    const data = new Float64Array(3);
    const tensors = new Map(state.tensors).set('lstm.b.v', { shape: [4], data });
    expect(() => new Adam().setState({ ...state, tensors }, params)).toThrow(
      'Adam.setState: expected lstm.b.v (4), got (4) with 3 numbers',
    );
  });

  it('leaves everything as it was when it refuses', async () => {
    const [adam, other] = [new Adam(), new Adam()];
    for (const optimizer of [adam, other]) optimizer.update(params);
    const before = await adam.getState();
    other.update([params[0]]);
    const wrong = await other.getState();
    const broken = { ...wrong, tensors: new Map([...wrong.tensors].slice(1)) };
    expect(() => adam.setState(broken, params)).toThrow(StateError);
    expect(await adam.getState()).toEqual(before);
  });
});

describe('Optimizer.getState', () => {
  it('refuses two parameters of one name, which it could not tell apart', async () => {
    const backend = new ReferenceBackend();
    const optimizer = new Momentum();
    optimizer.update([1, 2].map(() => parameter('W', zeros(backend, [2], 'f64'))));
    await expect(optimizer.getState()).rejects.toThrow(
      new StateError(
        "Momentum.getState: expected parameters of different names, got W twice; name one when you make it: parameter('lstm.W', tensor)",
      ),
    );
  });
});

describe('hyperparameters', () => {
  it.each([
    ['momentum', () => new Momentum({ momentum: 1 }), 1],
    ['momentum', () => new Nesterov({ momentum: -0.1 }), -0.1],
    ['decay', () => new RMSprop({ decay: 1 }), 1],
    ['beta1', () => new Adam({ beta1: 1 }), 1],
    ['beta2', () => new AdamW({ beta2: Number.NaN }), Number.NaN],
  ])('refuses a %s outside of 0 to 1', (name, make, value) => {
    expect(make).toThrow(new ValueError(`${name}: expected a number from 0 to below 1, got ${value}`));
  });

  it.each([
    ['eps', () => new AdaGrad({ eps: -1 }), -1],
    ['weightDecay', () => new AdamW({ weightDecay: -1 }), -1],
    ['weightDecay', () => new SGD({ weightDecay: -1 }), -1],
  ])('refuses a negative %s', (name, make, value) => {
    const least = name === 'eps' ? 'above 0' : 'from 0';
    expect(make).toThrow(new ValueError(`${name}: expected a number ${least}, got ${value}`));
  });
});
