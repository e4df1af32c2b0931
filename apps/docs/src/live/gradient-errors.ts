import { gradientCheck } from '@unroll/conformance/checks';
import {
  Affine,
  TimeAffine,
  TimeEmbedding,
  TimeGRU,
  TimeLayerNorm,
  TimeLSTM,
  TimeMinGRU,
  TimeProjectedLSTM,
  TimeRNN,
} from '@unroll/layers';
import { type Layer, Random, ReferenceBackend, randn, type Tensor, tensor } from '@unroll/tensor';

/** A layer, its input, and the greatest error of any of its gradients. */
export interface LayerError {
  readonly name: string;
  readonly error: number;
}

type Draw = (...shape: number[]) => Tensor;
type AnyLayer = Layer<Tensor, Tensor, unknown>;
const [N, T, D, H] = [2, 3, 3, 4];

/** Each made anew from random weights; `ids` for what reads words. */
const layers: readonly { name: string; make: (draw: Draw) => AnyLayer; input: 'steps' | 'rows' | 'ids' }[] = [
  { name: 'Affine', make: (draw) => new Affine(draw(D, H), draw(H)), input: 'rows' },
  { name: 'TimeAffine', make: (draw) => new TimeAffine(draw(D, H), draw(H)), input: 'steps' },
  { name: 'TimeEmbedding', make: (draw) => new TimeEmbedding(draw(5, D)), input: 'ids' },
  { name: 'TimeRNN', make: (draw) => new TimeRNN(draw(D, H), draw(H, H), draw(H)), input: 'steps' },
  {
    name: 'TimeLSTM',
    make: (draw) => new TimeLSTM(draw(D, 4 * H), draw(H, 4 * H), draw(4 * H)),
    input: 'steps',
  },
  {
    name: 'TimeLSTM, capped input gate',
    make: (draw) => new TimeLSTM(draw(D, 4 * H), draw(H, 4 * H), draw(4 * H), { inputGate: 'capped' }),
    input: 'steps',
  },
  {
    name: 'TimeLSTM, coupled input gate',
    make: (draw) => new TimeLSTM(draw(D, 3 * H), draw(H, 3 * H), draw(3 * H), { inputGate: 'coupled' }),
    input: 'steps',
  },
  {
    name: 'TimeProjectedLSTM',
    make: (draw) => new TimeProjectedLSTM(draw(D, 4 * H), draw(2, 4 * H), draw(4 * H), draw(H, 2)),
    input: 'steps',
  },
  {
    name: 'TimeGRU',
    make: (draw) => new TimeGRU(draw(D, 3 * H), draw(H, 3 * H), draw(3 * H)),
    input: 'steps',
  },
  { name: 'TimeMinGRU', make: (draw) => new TimeMinGRU(draw(D, 2 * H), draw(2 * H)), input: 'steps' },
  { name: 'TimeLayerNorm', make: (draw) => new TimeLayerNorm(draw(D), draw(D)), input: 'steps' },
];

/** Checks the gradients of layers against central differences, in f64. */
export async function gradientErrors(): Promise<LayerError[]> {
  const found: LayerError[] = [];
  for (const { name, make, input } of layers) {
    const backend = new ReferenceBackend();
    const random = new Random(7);
    const draw: Draw = (...shape) => randn(backend, shape, random, 1, 'f64');
    const layer = make(draw);
    const x =
      input === 'ids'
        ? tensor(backend, [0, 4, 2, 2, 1, 4], [N, T], 'i32')
        : input === 'rows'
          ? draw(N, D)
          : draw(N, T, D);
    const upstream = draw(...layer.forward(x).shape);
    const weights = [...(await upstream.read())];
    const values: Record<string, Tensor> = Object.fromEntries(
      layer.params.map(({ name, value }) => [name, value]),
    );
    if (input !== 'ids') values.x = x;
    const errors = await gradientCheck({
      values,
      loss: async () => {
        const out = await layer.forward(x).read();
        return weights.reduce((sum, weight, i) => sum + weight * out[i], 0);
      },
      gradients: async () => {
        for (const { grad } of layer.params) backend.fill(grad, 0);
        layer.forward(x);
        const dx = layer.backward(upstream) as Tensor | undefined;
        const ofParams = layer.params.map(async ({ name, grad }) => [name, await grad.read()] as const);
        const gradients = Object.fromEntries(await Promise.all(ofParams));
        return dx ? { ...gradients, x: await dx.read() } : gradients;
      },
    });
    found.push({ name, error: Math.max(...Object.values(errors)) });
  }
  return found;
}
