import { describeLayer, toBeAllClose } from '@unroll/conformance';
import affine from '@unroll/fixtures/affine.json' with { type: 'json' };
import { ReferenceBackend, tensor, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { MatMul } from './matmul.ts';

expect.extend({ toBeAllClose });

describeLayer('MatMul', {
  backend: () => new ReferenceBackend(),
  make: (weights) => new MatMul(weights(3, 5)),
  input: (N) => [N, 3],
});

describe.each(precisions)('MatMul, against PyTorch, in $dtype', ({ dtype, forward, gradient }) => {
  it('agrees on outputs and all gradients', async () => {
    const given = new FixtureTensors(affine, 'single-step-without-bias', dtype);
    const [x, W, dout] = given.inputs('x', 'W', 'dout');
    const layer = new MatMul(W);
    expect(await layer.forward(x).read()).toBeAllClose(given.expected('out'), forward);
    expect(await layer.backward(dout).read()).toBeAllClose(given.expected('dx'), gradient);
    expect(await layer.W.grad.read()).toBeAllClose(given.expected('dW'), gradient);
  });
});

describe('MatMul', () => {
  const backend = new ReferenceBackend();

  it('multiplies rows by a matrix', async () => {
    const layer = new MatMul(tensor(backend, [1, 2, 3, 4, 5, 6], [2, 3]));
    const out = layer.forward(tensor(backend, [1, 10, 2, 20], [2, 2]));
    expect(Array.from(await out.read())).toEqual([41, 52, 63, 82, 104, 126]);
  });

  it('says which shape it expected and which one came', () => {
    const layer = new MatMul(zeros(backend, [3, 5]));
    expect(() => layer.forward(zeros(backend, [2, 4]))).toThrow(
      'MatMul.forward: expected x (N, 3), got (2, 4)',
    );
    expect(() => new MatMul(zeros(backend, [3]))).toThrow('MatMul: expected W (D, M), got (3)');
    layer.forward(zeros(backend, [2, 3]));
    expect(() => layer.backward(zeros(backend, [2, 3]))).toThrow(
      'MatMul.backward: expected dout (2, 5), got (2, 3)',
    );
  });
});
