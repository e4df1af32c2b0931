import { CheckpointError, type NamedArray } from '@unroll/checkpoint';
import { architectureOf } from './architecture.ts';
import { checkNames, checkWeights, formatShape } from './check-weights.ts';
import type { ModelConfig } from './model-config.ts';
import { reordered, transposed } from './rearrange.ts';

const ADVICE =
  'Save the state_dict of a module with an nn.Embedding called embedding, an nn.LSTM called lstm or a tanh nn.RNN called rnn ' +
  '(one layer, one direction, with biases), and an nn.Linear called linear.';

/**
 * The inverse of `toPyTorch`, for the `state_dict` of a module that may have been trained elsewhere. The sizes are read off the
 * shapes, and the two biases become their sum. Nothing about the tensors is trusted.
 *
 * @param source names the file in messages
 * @throws CheckpointError if a tensor is missing or too much, does not fit the others, or holds something else than finite numbers
 */
export function fromPyTorch(
  tensors: ReadonlyMap<string, NamedArray>,
  source = 'fromPyTorch',
): { config: ModelConfig; tensors: Map<string, NamedArray> } {
  const model = tensors.has('rnn.weight_hh_l0') ? 'simple-rnnlm' : 'rnnlm';
  const layer = model === 'rnnlm' ? 'lstm' : 'rnn';
  const names = [
    'embedding.weight',
    `${layer}.weight_ih_l0`,
    `${layer}.weight_hh_l0`,
    `${layer}.bias_ih_l0`,
    `${layer}.bias_hh_l0`,
    'linear.weight',
    'linear.bias',
  ];
  checkNames(tensors, names, source, ADVICE);
  const [V, D] = matrixShape(tensors, 'embedding.weight', source);
  const [, H] = matrixShape(tensors, `${layer}.weight_hh_l0`, source);
  const config = { model, vocabSize: V, wordvecSize: D, hiddenSize: H };
  const { gates } = architectureOf(source, config);

  const G = gates.pytorch.length;
  const shapes = [[V, D], [G * H, D], [G * H, H], [G * H], [G * H], [V, H], [V]];
  const expected = names.map((name, i) => ({ name, shape: shapes[i] }));
  const [embedding, weightIh, weightHh, biasIh, biasHh, weight, bias] = checkWeights(
    tensors,
    expected,
    source,
    ADVICE,
  );
  const gateColumns = (W: NamedArray) => transposed(reordered(W, gates.pytorch, gates.unroll));
  return {
    config,
    tensors: new Map([
      ['embed.W', embedding], // (V, D)
      [`${layer}.Wx`, gateColumns(weightIh)], // (D, G * H)
      [`${layer}.Wh`, gateColumns(weightHh)], // (H, G * H)
      [`${layer}.b`, reordered(sumOfBiases(layer, biasIh, biasHh, source), gates.pytorch, gates.unroll)], // (G * H)
      ['affine.W', transposed(weight)], // (H, V)
      ['affine.b', bias], // (V)
    ]),
  };
}

/** The sizes of a matrix that the other shapes follow from. */
function matrixShape(tensors: ReadonlyMap<string, NamedArray>, name: string, source: string): number[] {
  const shape = [...(tensors.get(name)?.shape ?? [])];
  if (shape.length !== 2 || !shape.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw new CheckpointError(
      `${source}: "${name}": expected a matrix with sizes from 1, got the shape ${formatShape(shape)}. ${ADVICE}`,
    );
  }
  return shape;
}

function sumOfBiases(
  layer: string,
  { dtype, shape, data }: NamedArray,
  { data: more }: NamedArray,
  source: string,
): NamedArray {
  const out = data.slice();
  // A second bias of zeros leaves the first as it is, -0 too, so that a round trip gives the same bits.
  for (let i = 0; i < out.length; i++) if (more[i] !== 0) out[i] += more[i];
  const bad = out.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (bad >= 0) {
    throw new CheckpointError(
      `${source}: "${layer}.bias_ih_l0" and "${layer}.bias_hh_l0": expected finite sums, got ${out[bad]} at ${bad}. ${ADVICE}`,
    );
  }
  return { dtype, shape, data: out };
}
