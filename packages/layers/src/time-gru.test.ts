import gru from '@unroll/fixtures/gru.json' with { type: 'json' };
import { describeRecurrent, gateWeights } from '../test/describe-recurrent.ts';
import { TimeGRU } from './time-gru.ts';

describeRecurrent('TimeGRU', {
  make: ([Wx, Wh, b], options) => new TimeGRU(Wx, Wh, b, options),
  weights: gateWeights(3),
  states: { h: 4 },
  fixture: gru,
});
