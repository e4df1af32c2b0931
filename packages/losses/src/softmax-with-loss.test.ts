import softmax from '@unroll/fixtures/softmax-loss.json' with { type: 'json' };
import { ReferenceBackend, tensor } from '@unroll/tensor';
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
});
