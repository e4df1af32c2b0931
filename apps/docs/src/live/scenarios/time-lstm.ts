import { TimeLSTM } from '@unroll/layers';
import { Random, randn, tensor } from '@unroll/tensor';
import type { Scenario } from '../scenario.ts';

const [N, T, D, H] = [1, 4, 3, 3];

/** Four time steps of an LSTM of three cells. The loss is the sum of the last h, so that its gradient comes from there alone. */
export const timeLstm: Scenario = {
  make(backend) {
    const random = new Random(5);
    const xs = tensor(backend, [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0], [N, T, D]); // as if they were words
    const Wx = randn(backend, [D, 4 * H], random, 1);
    const Wh = randn(backend, [H, 4 * H], random, 1 / Math.sqrt(H));
    const b = tensor(backend, Array(4 * H).fill(0), [4 * H]);
    const dhs = tensor(backend, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1], [N, T, H]);
    const layer = new TimeLSTM(Wx, Wh, b, { stateful: true });
    return {
      given: { xs, Wx, Wh, b, dhs },
      forward: () => void layer.forward(xs),
      backward: () => void layer.backward(dhs),
      dispose: () => {
        for (const owner of [layer, xs, Wx, Wh, b, dhs]) owner.dispose();
      },
    };
  },
};
