import { LSTM } from '@unroll/layers';
import { Random, randn, tensor } from '@unroll/tensor';
import type { Scenario } from '../scenario.ts';

const [N, D, H] = [1, 3, 2];

/** One step of an LSTM of two cells. */
export const lstm: Scenario = {
  make(backend) {
    const random = new Random(3);
    const x = tensor(backend, [1, 0, -1], [N, D]);
    const hPrev = tensor(backend, [0.5, -0.3], [N, H]);
    const cPrev = tensor(backend, [0.8, -0.6], [N, H]);
    const Wx = randn(backend, [D, 4 * H], random, 1 / Math.sqrt(D));
    const Wh = randn(backend, [H, 4 * H], random, 1 / Math.sqrt(H));
    const b = tensor(backend, Array(4 * H).fill(0), [4 * H]);
    const dhNext = tensor(backend, [1, 0], [N, H]);
    const dcNext = tensor(backend, [0, 0], [N, H]);
    const layer = new LSTM(Wx, Wh, b);
    return {
      given: { x, hPrev, cPrev, Wx, Wh, b, dhNext, dcNext },
      forward: () => void layer.forward(x, hPrev, cPrev),
      backward: () => void layer.backward(dhNext, dcNext),
      dispose: () => {
        for (const owner of [layer, x, hPrev, cPrev, Wx, Wh, b, dhNext, dcNext]) owner.dispose();
      },
    };
  },
};
