import { describeLayer } from '@unroll/conformance';
import { ReferenceBackend, tensor, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { Sigmoid } from './sigmoid.ts';

describeLayer('Sigmoid', {
  backend: () => new ReferenceBackend(),
  make: () => new Sigmoid(),
  input: (N, T) => [N, T, 3],
});

describe('Sigmoid', () => {
  const backend = new ReferenceBackend();

  it('takes a tensor of any shape', () => {
    const layer = new Sigmoid();
    for (const shape of [[4], [2, 3], [2, 3, 4]]) {
      expect(layer.forward(zeros(backend, shape)).shape).toEqual(shape);
    }
  });

  it('is one half at 0, and 0 and 1 far from it, without overflow', async () => {
    const out = new Sigmoid().forward(tensor(backend, [0, -1e4, 1e4, Math.log(3)], [4], 'f64'));
    const [middle, low, high, known] = await out.read();
    expect([middle, low, high]).toEqual([0.5, 0, 1]);
    expect(known).toBeCloseTo(0.75, 14);
  });

  it('refuses an upstream gradient of another shape', () => {
    const layer = new Sigmoid();
    layer.forward(zeros(backend, [2, 3]));
    expect(() => layer.backward(zeros(backend, [3, 2]))).toThrow(
      'Sigmoid.backward: expected dout (2, 3), got (3, 2)',
    );
  });
});
