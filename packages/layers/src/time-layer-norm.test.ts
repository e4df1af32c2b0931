import { describeLayer, toBeAllClose } from '@unroll/conformance';
import layerNorm from '@unroll/fixtures/layer-norm.json' with { type: 'json' };
import { ReferenceBackend, tensor, ValueError, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { TimeLayerNorm } from './time-layer-norm.ts';

expect.extend({ toBeAllClose });

describeLayer('TimeLayerNorm', {
  backend: () => new ReferenceBackend(),
  make: (weights) => new TimeLayerNorm(weights(5), weights(5)),
  input: (N, T) => [N, T, 5],
});

describe.each(precisions)('TimeLayerNorm, against PyTorch, in $dtype', ({ dtype, forward, gradient }) => {
  it.each([
    ['with its own eps', 'default-eps', {}],
    ['with a given eps', 'given-eps', { eps: 0.1 }],
    ['on vectors far from zero', 'far-from-zero', {}],
  ])('agrees on outputs and all gradients %s', async (_, fixtureCase, options) => {
    const given = new FixtureTensors(layerNorm, fixtureCase, dtype);
    const [gain, bias, xs, dout] = given.inputs('gain', 'bias', 'xs', 'dout');
    const layer = new TimeLayerNorm(gain, bias, options);
    expect(await layer.forward(xs).read()).toBeAllClose(given.expected('out'), forward);
    expect(await layer.backward(dout).read()).toBeAllClose(given.expected('dxs'), gradient);
    for (const { name, grad } of layer.params) {
      expect(await grad.read(), name).toBeAllClose(given.expected(`d${name}`), gradient);
    }
  });
});

describe('TimeLayerNorm', () => {
  const backend = new ReferenceBackend();

  it.each([-1, Number.NaN])('refuses an eps of %d', (eps) => {
    expect(() => new TimeLayerNorm(zeros(backend, [3]), zeros(backend, [3]), { eps })).toThrow(
      new ValueError(`TimeLayerNorm: expected eps to be a number from 0, got ${eps}`),
    );
  });

  it('gives its bias for a vector whose elements are all alike', async () => {
    const layer = new TimeLayerNorm(
      tensor(backend, [2, 3, 4], [3], 'f64'),
      tensor(backend, [5, 6, 7], [3], 'f64'),
    );
    const out = layer.forward(tensor(backend, [9, 9, 9], [1, 1, 3], 'f64'));
    expect(Array.from(await out.read())).toEqual([5, 6, 7]);
  });

  it('says which shape it expected and which one came', () => {
    const layer = new TimeLayerNorm(zeros(backend, [4]), zeros(backend, [4]));
    expect(() => layer.forward(zeros(backend, [2, 4]))).toThrow(
      'TimeLayerNorm.forward: expected xs (N, T, 4), got (2, 4)',
    );
    layer.forward(zeros(backend, [2, 3, 4]));
    expect(() => layer.backward(zeros(backend, [2, 3, 5]))).toThrow(
      'TimeLayerNorm.backward: expected dout (2, 3, 4), got (2, 3, 5)',
    );
    expect(() => new TimeLayerNorm(zeros(backend, [2, 4]), zeros(backend, [4]))).toThrow(
      'TimeLayerNorm: expected gain (D), got (2, 4)',
    );
    expect(() => new TimeLayerNorm(zeros(backend, [4]), zeros(backend, [5]))).toThrow(
      'TimeLayerNorm: expected bias (4), got (5)',
    );
  });
});
