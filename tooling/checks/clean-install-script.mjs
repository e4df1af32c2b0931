// What a user does first: an LSTM over a block of time, forward and backward. Prints numbers that must be the same everywhere.
import { TimeLSTM } from '@unroll/layers';
import { Random, ReferenceBackend, randn, zeros } from '@unroll/tensor';

const [N, T, D, H] = [2, 5, 3, 4];
const backend = new ReferenceBackend();
const random = new Random(1);
const Wx = randn(backend, [D, 4 * H], random, 1 / Math.sqrt(D));
const Wh = randn(backend, [H, 4 * H], random, 1 / Math.sqrt(H));
const lstm = new TimeLSTM(Wx, Wh, zeros(backend, [4 * H]), { stateful: true });
const hs = lstm.forward(randn(backend, [N, T, D], random));
const dxs = lstm.backward(hs);
const sum = (values) => values.reduce((total, value) => total + value * value, 0).toFixed(5);
console.log(
  hs.shape.join(),
  sum(await hs.read()),
  dxs.shape.join(),
  sum(await dxs.read()),
  sum(await lstm.Wh.grad.read()),
);
