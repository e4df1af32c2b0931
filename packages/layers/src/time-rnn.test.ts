import rnn from '@unroll/fixtures/rnn.json' with { type: 'json' };
import { describeRecurrent, gateWeights } from '../test/describe-recurrent.ts';
import { TimeRNN } from './time-rnn.ts';

describeRecurrent('TimeRNN', {
  make: ([Wx, Wh, b], options) => new TimeRNN(Wx, Wh, b, options),
  weights: gateWeights(1),
  states: { h: 4 },
  fixture: rnn,
});
