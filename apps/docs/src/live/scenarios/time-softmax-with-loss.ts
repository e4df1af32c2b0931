import { TimeSoftmaxWithLoss } from '@unroll/losses';
import { tensor } from '@unroll/tensor';
import type { Scenario } from '../scenario.ts';

const [N, T, V] = [1, 3, 5];

/** One right guess, one wrong, and one label that does not count. */
export const timeSoftmaxWithLoss: Scenario = {
  make(backend) {
    const scores = tensor(backend, [2, 0, -1, 0.5, 0, 0, 1, 0, -2, 3, 0, 0, 0, 0, 0], [N, T, V]);
    const ts = tensor(backend, [0, 1, -1], [N, T], 'i32');
    const layer = new TimeSoftmaxWithLoss();
    return {
      given: { scores, ts },
      forward: () => void layer.forward(scores, ts),
      backward: () => void layer.backward(),
      dispose: () => {
        for (const owner of [layer, scores, ts]) owner.dispose();
      },
    };
  },
};
