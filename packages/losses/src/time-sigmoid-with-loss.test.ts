import sigmoid from '@unroll/fixtures/sigmoid-loss.json' with { type: 'json' };
import { describeLoss } from '../test/describe-loss.ts';
import { TimeSigmoidWithLoss } from './time-sigmoid-with-loss.ts';

describeLoss('TimeSigmoidWithLoss', {
  make: (options) => new TimeSigmoidWithLoss(options),
  fixture: sigmoid,
  cases: ['nt-all-counted', 'nt-some-ignored', 'nt-all-ignored'],
  labels: 'labels',
  axes: '(N, T)',
  scoresShape: (labels) => labels,
  someLabels: [2, 4],
  classes: 2,
});
