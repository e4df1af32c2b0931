import lstm from '@unroll/fixtures/lstm.json' with { type: 'json' };
import { describeStep } from '../test/describe-step.ts';
import { LSTM } from './lstm.ts';

describeStep('LSTM', {
  make: (Wx, Wh, b) => new LSTM(Wx, Wh, b),
  gates: 4,
  states: ['h', 'c'],
  fixture: lstm,
});
