import { TimeLSTM, TimeRNN } from '@unroll/layers';
import { Random, ReferenceBackend, randn, type Tensor, tensor, zeros } from '@unroll/tensor';

export interface DistanceOptions {
  /** Of each layer: how large its recurrent weights are, 1 being a deviation of 1 / sqrt(H). */
  readonly scale: number;
  /** Added to the forget gates. */
  readonly forgetBias: number;
  readonly seed: number;
}

export interface GradientDistances {
  /** The norm of the gradient that arrives at the input so many steps before the end, beginning with 0. */
  readonly rnn: readonly number[];
  readonly lstm: readonly number[];
}

const [N, T, D, H] = [1, 100, 16, 32];

/**
 * How much of a gradient at the last step of a block arrives at the steps before it, in a plain RNN and in an LSTM of the same size that
 * read the same random input.
 */
export async function gradientDistances({
  scale,
  forgetBias,
  seed,
}: DistanceOptions): Promise<GradientDistances> {
  const backend = new ReferenceBackend();
  const random = new Random(seed);
  const xs = randn(backend, [N, T, D], random);
  const dhs = zeros(backend, [N, T, H]);
  dhs.at(T - 1).write(Array(H).fill(1 / Math.sqrt(H))); // of norm 1
  const weights = (gates: number) =>
    [
      randn(backend, [D, gates * H], random, 1 / Math.sqrt(D)),
      randn(backend, [H, gates * H], random, scale / Math.sqrt(H)),
    ] as const;
  const bias = Float32Array.from({ length: 4 * H }, (_, i) => (i < H ? forgetBias : 0));
  const rnn = new TimeRNN(...weights(1), zeros(backend, [H]));
  const lstm = new TimeLSTM(...weights(4), tensor(backend, bias, [4 * H]));
  const normsOf = async (layer: TimeRNN | TimeLSTM): Promise<number[]> => {
    layer.forward(xs);
    const dxs: Tensor = layer.backward(dhs);
    const values = await dxs.read();
    const norms = Array.from({ length: T }, (_, t) => Math.hypot(...values.subarray(t * D, (t + 1) * D)));
    return norms.reverse();
  };
  return { rnn: await normsOf(rnn), lstm: await normsOf(lstm) };
}
