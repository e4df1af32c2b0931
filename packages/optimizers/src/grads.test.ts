import { toBeAllClose } from '@unroll/conformance';
import { findCase } from '@unroll/fixtures/find-case';
import optimizers from '@unroll/fixtures/optimizers.json' with { type: 'json' };
import {
  Memory,
  type Parameter,
  parameter,
  ReferenceBackend,
  tensor,
  ValueError,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { clipGrads, gradNorm, zeroGrads } from './grads.ts';

expect.extend({ toBeAllClose });

const tolerances = { f64: { rtol: 1e-12, atol: 1e-15 }, f32: { rtol: 1e-5, atol: 1e-7 } } as const;

/** Parameters with the gradients of a case, in its order. */
function parametersOf(caseName: string, dtype: 'f32' | 'f64'): Parameter[] {
  const backend = new ReferenceBackend();
  return Object.entries(findCase(optimizers, caseName).inputs).map(([name, { data, shape }]) => ({
    name,
    value: zeros(backend, shape, dtype),
    grad: tensor(backend, data, shape, dtype),
  }));
}

describe('clipGrads', () => {
  const cases = ['clip-above', 'clip-below', 'clip-zero'].flatMap((caseName) =>
    (['f64', 'f32'] as const).map((dtype) => ({ caseName, dtype })),
  );

  it.each(cases)('does to all gradients together what PyTorch does: $caseName in $dtype', async (given) => {
    const { options, expected } = findCase(optimizers, given.caseName);
    const params = parametersOf(given.caseName, given.dtype);
    const norm = clipGrads(params, options.maxNorm, new Memory());
    expect(await norm.read()).toBeAllClose(expected.norm.data, tolerances[given.dtype]);
    for (const { name, grad } of params) {
      expect(await grad.read(), name).toBeAllClose(expected[name].data, tolerances[given.dtype]);
    }
  });

  it('leaves gradients below the limit as they are, to the bit', async () => {
    const params = parametersOf('clip-below', 'f32');
    const before = await Promise.all(params.map(({ grad }) => grad.read()));
    clipGrads(params, 100, new Memory());
    expect(await Promise.all(params.map(({ grad }) => grad.read()))).toEqual(before);
  });

  it('lends the same tensor in every call', () => {
    const [params, memory] = [parametersOf('clip-above', 'f64'), new Memory()];
    expect(clipGrads(params, 1, memory)).toBe(clipGrads(params, 1, memory));
    expect(memory.bytes).toBe(8);
  });

  it.each([0, -1, Number.NaN])('refuses a limit of %d', (maxNorm) => {
    expect(() => clipGrads(parametersOf('clip-above', 'f64'), maxNorm, new Memory())).toThrow(
      new ValueError(`clipGrads: expected maxNorm above 0, got ${maxNorm}`),
    );
  });
});

describe('gradNorm', () => {
  it('is the norm before clipping, and changes no gradient', async () => {
    const params = parametersOf('clip-above', 'f64');
    const before = await Promise.all(params.map(({ grad }) => grad.read()));
    const memory = new Memory();
    for (let time = 0; time < 2; time++) {
      const norm = await gradNorm(params, memory).read();
      expect(norm).toBeAllClose(findCase(optimizers, 'clip-above').expected.norm.data, tolerances.f64);
    }
    expect(await Promise.all(params.map(({ grad }) => grad.read()))).toEqual(before);
  });

  it('refuses a list of no parameters', () => {
    expect(() => gradNorm([], new Memory())).toThrow(
      new ValueError('gradNorm: expected at least one parameter, got none'),
    );
  });
});

describe('zeroGrads', () => {
  it('sets every gradient to zero and leaves the weights', async () => {
    const backend = new ReferenceBackend();
    const params = [
      [1, 2],
      [3, 4, 5],
    ].map((values, i) => parameter(`W${i}`, tensor(backend, values, [values.length], 'f64')));
    for (const { grad } of params) backend.fill(grad, 7);
    zeroGrads(params);
    expect(await params[0].grad.read()).toEqual(new Float64Array(2));
    expect(await params[1].grad.read()).toEqual(new Float64Array(3));
    expect(Array.from(await params[1].value.read())).toEqual([3, 4, 5]);
  });
});
