import rnn from '@unroll/fixtures/rnn.json' with { type: 'json' };
import { describeStep } from '../test/describe-step.ts';
import { RNN } from './rnn.ts';

describeStep('RNN', {
  make: (Wx, Wh, b) => {
    const step = new RNN(Wx, Wh, b);
    return {
      params: step.params,
      get bytes() {
        return step.bytes;
      },
      forward: (x, hPrev) => [step.forward(x, hPrev)],
      backward: (dhNext) => step.backward(dhNext),
      dispose: () => step.dispose(),
    };
  },
  gates: 1,
  states: ['h'],
  fixture: rnn,
});
