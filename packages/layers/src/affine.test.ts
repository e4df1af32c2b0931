import { describeLayer, toBeAllClose } from '@unroll/conformance';
import affine from '@unroll/fixtures/affine.json' with { type: 'json' };
import { ReferenceBackend, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { Affine } from './affine.ts';

expect.extend({ toBeAllClose });

describeLayer('Affine', {
  backend: () => new ReferenceBackend(),
  make: (weights) => new Affine(weights(3, 5), weights(5)),
  input: (N) => [N, 3],
});

describe.each(precisions)('Affine, against PyTorch, in $dtype', ({ dtype, forward, gradient }) => {
  it('agrees on outputs and all gradients', async () => {
    const given = new FixtureTensors(affine, 'single-step', dtype);
    const [x, W, b, dout] = given.inputs('x', 'W', 'b', 'dout');
    const layer = new Affine(W, b);
    expect(await layer.forward(x).read()).toBeAllClose(given.expected('out'), forward);
    expect(await layer.backward(dout).read()).toBeAllClose(given.expected('dx'), gradient);
    expect(await layer.W.grad.read()).toBeAllClose(given.expected('dW'), gradient);
    expect(await layer.b.grad.read()).toBeAllClose(given.expected('db'), gradient);
  });
});

describe('Affine', () => {
  it('says which shape it expected and which one came', () => {
    const backend = new ReferenceBackend();
    const layer = new Affine(zeros(backend, [3, 5]), zeros(backend, [5]));
    expect(() => layer.forward(zeros(backend, [2, 4]))).toThrow(
      'Affine.forward: expected x (N, 3), got (2, 4)',
    );
    layer.forward(zeros(backend, [2, 3]));
    expect(() => layer.backward(zeros(backend, [3, 5]))).toThrow(
      'Affine.backward: expected dout (2, 5), got (3, 5)',
    );
    expect(() => new Affine(zeros(backend, [3, 5]), zeros(backend, [3]))).toThrow(
      'Affine: expected b (5), got (3)',
    );
  });
});
