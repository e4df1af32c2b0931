import sigmoid from '@unroll/fixtures/sigmoid-loss.json' with { type: 'json' };
import { ReferenceBackend, tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeLoss } from '../test/describe-loss.ts';
import { SigmoidWithLoss } from './sigmoid-with-loss.ts';

describeLoss('SigmoidWithLoss', {
  make: (options) => new SigmoidWithLoss(options),
  fixture: sigmoid,
  cases: ['n-all-counted', 'n-some-ignored', 'n-huge-scores'],
  labels: 'labels',
  axes: '(N)',
  scoresShape: (labels) => labels,
  someLabels: [5],
  classes: 2,
});

describe('SigmoidWithLoss', () => {
  it('is ln 2 for a score of 0, whatever the label', async () => {
    const backend = new ReferenceBackend();
    const scores = tensor(backend, [0, 0], [2], 'f64');
    const loss = new SigmoidWithLoss().forward(scores, tensor(backend, [0, 1], [2], 'i32'));
    expect(await loss.item()).toBeCloseTo(Math.LN2, 14);
  });
});
