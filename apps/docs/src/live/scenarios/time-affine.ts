import { TimeAffine } from '@unroll/layers';
import { Random, randn, tensor } from '@unroll/tensor';
import type { Scenario } from '../scenario.ts';

const [N, T, H, V] = [1, 3, 2, 5];

/** Scores of five words at three time steps. */
export const timeAffine: Scenario = {
  make(backend) {
    const random = new Random(2);
    const xs = randn(backend, [N, T, H], random, 1);
    const W = randn(backend, [H, V], random, 1 / Math.sqrt(H));
    const b = tensor(backend, Array(V).fill(0), [V]);
    const dout = tensor(backend, [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0], [N, T, V]);
    const layer = new TimeAffine(W, b);
    return {
      given: { xs, W, b, dout },
      forward: () => void layer.forward(xs),
      backward: () => void layer.backward(dout),
      dispose: () => {
        for (const owner of [layer, xs, W, b, dout]) owner.dispose();
      },
    };
  },
};
