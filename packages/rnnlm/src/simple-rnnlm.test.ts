import { describeModel } from '../test/describe-model.ts';
import { SimpleRnnlm } from './simple-rnnlm.ts';

describeModel('SimpleRnnlm', {
  make: (options) => new SimpleRnnlm(options),
  model: 'simple-rnnlm',
  weights: (V, D, H) => ({
    'embed.W': [[V, D], 0.01],
    'rnn.Wx': [[D, H], 1 / Math.sqrt(D)],
    'rnn.Wh': [[H, H], 1 / Math.sqrt(H)],
    'rnn.b': [[H], 0],
    'affine.W': [[H, V], 1 / Math.sqrt(H)],
    'affine.b': [[V], 0],
  }),
  states: ['rnn.h'],
});
