import softmax from '@unroll/fixtures/softmax-loss.json' with { type: 'json' };
import { Random, ReferenceBackend, randn, StateError, tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeLoss } from '../test/describe-loss.ts';
import { SoftmaxWithLoss } from './softmax-with-loss.ts';

describeLoss('SoftmaxWithLoss', {
  make: (options) => new SoftmaxWithLoss(options),
  fixture: softmax,
  cases: ['nv-all-counted', 'nv-some-ignored', 'nv-huge-scores', 'nv-huge-scores-float32'],
  labels: 'targets',
  axes: '(N, V)',
  scoresShape: ([N]) => [N, 7],
  someLabels: [5],
  classes: 7,
});

describe('SoftmaxWithLoss', () => {
  it('is ln V when all scores are equal', async () => {
    const backend = new ReferenceBackend();
    const scores = tensor(backend, new Array(10).fill(3), [2, 5], 'f64');
    const loss = new SoftmaxWithLoss().forward(scores, tensor(backend, [0, 4], [2], 'i32'));
    expect(await loss.item()).toBeCloseTo(Math.log(5), 14);
  });

  it('puts the gradient where the scores were when made with inPlace, once for each forward', async () => {
    const backend = new ReferenceBackend();
    const scores = randn(backend, [4, 6], new Random(3), 1, 'f64');
    const ts = tensor(backend, [0, -1, 5, 2], [4], 'i32');
    const apart = new SoftmaxWithLoss();
    apart.forward(scores, ts);
    const dscores = await apart.backward(3).read();
    const { bytes } = backend;
    const loss = new SoftmaxWithLoss({ inPlace: true });
    loss.forward(scores, ts);
    expect(loss.backward(3)).toBe(scores);
    expect(await scores.read()).toEqual(dscores);
    expect(loss.bytes).toBeLessThan(apart.bytes);
    expect(backend.bytes - bytes).toBe(loss.bytes);
    expect(() => loss.backward()).toThrow(StateError);
  });
});
