import { Rnnlm } from '@unroll/rnnlm';
import { tensor } from '@unroll/tensor';
import type { Scenario } from '../scenario.ts';

const [N, T, V] = [1, 3, 5];

/** A language model of five words, on three of them. */
export const rnnlm: Scenario = {
  make(backend) {
    const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: 2, hiddenSize: 2, seed: 4 });
    const xs = tensor(backend, [0, 2, 1], [N, T], 'i32');
    const ts = tensor(backend, [2, 1, 4], [N, T], 'i32');
    const weights = Object.fromEntries(model.params.map(({ name, value }) => [name, value]));
    return {
      given: { xs, ts, 'embed.W': weights['embed.W'], 'affine.W': weights['affine.W'] },
      forward: () => void model.forward(xs, ts),
      backward: () => model.backward(),
      dispose: () => {
        for (const owner of [model, xs, ts]) owner.dispose();
      },
    };
  },
};
