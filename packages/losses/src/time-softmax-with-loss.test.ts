import softmax from '@unroll/fixtures/softmax-loss.json' with { type: 'json' };
import { describeLoss } from '../test/describe-loss.ts';
import { TimeSoftmaxWithLoss } from './time-softmax-with-loss.ts';

describeLoss('TimeSoftmaxWithLoss', {
  make: (options) => new TimeSoftmaxWithLoss(options),
  fixture: softmax,
  cases: ['ntv-all-counted', 'ntv-some-ignored', 'ntv-all-ignored', 'ntv-smoothed'],
  labels: 'targets',
  axes: '(N, T, V)',
  scoresShape: ([N, T]) => [N, T, 7],
  someLabels: [2, 4],
  classes: 7,
});
