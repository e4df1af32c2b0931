import { describeLayer, toBeAllClose } from '@unroll/conformance';
import affine from '@unroll/fixtures/affine.json' with { type: 'json' };
import { ReferenceBackend, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { TimeMatMul } from './time-matmul.ts';

expect.extend({ toBeAllClose });

describeLayer('TimeMatMul', {
  backend: () => new ReferenceBackend(),
  make: (weights) => new TimeMatMul(weights(3, 5)),
  input: (N, T) => [N, T, 3],
});

describe.each(precisions)('TimeMatMul, against PyTorch, in $dtype', ({ dtype, forward, gradient }) => {
  it('agrees on outputs and all gradients', async () => {
    const given = new FixtureTensors(affine, 'time-without-bias', dtype);
    const [x, W, dout] = given.inputs('x', 'W', 'dout');
    const layer = new TimeMatMul(W);
    expect(await layer.forward(x).read()).toBeAllClose(given.expected('out'), forward);
    expect(await layer.backward(dout).read()).toBeAllClose(given.expected('dx'), gradient);
    expect(await layer.W.grad.read()).toBeAllClose(given.expected('dW'), gradient);
  });
});

describe('TimeMatMul', () => {
  it('says which shape it expected and which one came', () => {
    const backend = new ReferenceBackend();
    const layer = new TimeMatMul(zeros(backend, [3, 5]));
    expect(() => layer.forward(zeros(backend, [6, 3]))).toThrow(
      'TimeMatMul.forward: expected x (N, T, 3), got (6, 3)',
    );
    layer.forward(zeros(backend, [2, 3, 3]));
    expect(() => layer.backward(zeros(backend, [6, 5]))).toThrow(
      'TimeMatMul.backward: expected dout (2, 3, 5), got (6, 5)',
    );
  });
});
