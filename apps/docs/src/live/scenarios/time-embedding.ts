import { TimeEmbedding } from '@unroll/layers';
import { Random, randn, tensor } from '@unroll/tensor';
import type { Scenario } from '../scenario.ts';

const [V, D] = [5, 3];

/** Two streams of three words; word 2 comes twice, so that its row is read twice and its gradient is a sum. */
export const timeEmbedding: Scenario = {
  make(backend) {
    const ids = tensor(backend, [0, 2, 1, 4, 3, 2], [2, 3], 'i32');
    const W = randn(backend, [V, D], new Random(1), 1);
    const dout = tensor(backend, Array(2 * 3 * D).fill(1), [2, 3, D]);
    const layer = new TimeEmbedding(W);
    return {
      given: { ids, W, dout },
      forward: () => void layer.forward(ids),
      backward: () => layer.backward(dout),
      dispose: () => {
        for (const owner of [layer, ids, W, dout]) owner.dispose();
      },
    };
  },
};
