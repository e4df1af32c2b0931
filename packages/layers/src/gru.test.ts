import gru from '@unroll/fixtures/gru.json' with { type: 'json' };
import { describeStep } from '../test/describe-step.ts';
import { GRU } from './gru.ts';

describeStep('GRU', {
  make: (Wx, Wh, b) => {
    const step = new GRU(Wx, Wh, b);
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
  gates: 3,
  states: ['h'],
  fixture: gru,
});
