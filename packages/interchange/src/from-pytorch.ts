import { CheckpointError, type ExpectedTensor, type NamedArray } from '@unroll/checkpoint';
import { type Architecture, architectureOf } from './architecture.ts';
import { checkWeights, formatShape } from './check-weights.ts';
import type { ModelConfig } from './model-config.ts';
import { reordered, transposed } from './rearrange.ts';

const ADVICE =
  'Save the state_dict of a module with an nn.Embedding called embedding, an nn.LSTM called lstm or a tanh nn.RNN called rnn ' +
  '(one direction, with biases; or several of them of one layer each, called lstm1, lstm2 and so on), and an nn.Linear called linear.';

/** PyTorch has no other cells. */
type ImportedConfig = ModelConfig & { readonly cell?: 'lstm' | 'rnn' };

/**
 * The inverse of `toPyTorch`, for the `state_dict` of a module that may have been trained elsewhere. The sizes are read off the
 * shapes, and the two biases become their sum. Above layers with numbers, `linear` is tied to the embedding if its weight is not there
 * or is the same. Nothing about the tensors is trusted.
 *
 * @param source names the file in messages
 * @throws CheckpointError if a tensor is missing or too much, does not fit the others, or holds something else than finite numbers
 */
export function fromPyTorch(
  given: ReadonlyMap<string, NamedArray>,
  source = 'fromPyTorch',
): { config: ImportedConfig; tensors: Map<string, NamedArray> } {
  const tensors = layersApart(given, source);
  const config = configOf(tensors, source);
  const architecture = architectureOf(source, 'pytorch', config);
  const { gates, layers, head } = architecture;
  const found = new Map(tensors);
  if (head !== 'affine' && repeatsEmbedding(tensors)) found.delete('linear.weight');
  const weight = checkWeights(found, expectedTensors(architecture), source, ADVICE);
  const gateColumns = (W: NamedArray) => transposed(reordered(W, gates.theirs, gates.ours));

  const out = new Map([['embed.W', weight('embedding.weight')]]); // (V, D)
  for (const { name, norm } of layers) {
    const b = sumOfBiases(name, weight(`${name}.bias_ih_l0`), weight(`${name}.bias_hh_l0`), source);
    out.set(`${name}.Wx`, gateColumns(weight(`${name}.weight_ih_l0`))); // (D, G * H)
    out.set(`${name}.Wh`, gateColumns(weight(`${name}.weight_hh_l0`))); // (H, G * H)
    out.set(`${name}.b`, reordered(b, gates.theirs, gates.ours)); // (G * H)
    if (!norm) continue;
    out.set(`${norm}.gain`, weight(`${norm}.weight`)); // (H)
    out.set(`${norm}.bias`, weight(`${norm}.bias`)); // (H)
  }
  if (head === 'projected') out.set('projection.W', transposed(weight('projection.weight'))); // (H, D)
  if (head === 'affine') out.set('affine.W', transposed(weight('linear.weight'))); // (H, V)
  out.set('affine.b', weight('linear.bias')); // (V)
  return { config, tensors: out };
}

/** Of a module with `num_layers`, layer l1 of `lstm` becomes l0 of `lstm2`, as if each layer were a module of its own. */
function layersApart(
  tensors: ReadonlyMap<string, NamedArray>,
  source: string,
): ReadonlyMap<string, NamedArray> {
  if (!tensors.has('lstm.weight_hh_l1') && !tensors.has('rnn.weight_hh_l1')) return tensors;
  const apart = new Map<string, NamedArray>();
  for (const [name, array] of tensors) {
    const [, cell, kind, layer] = /^(lstm|rnn)\.((?:weight|bias)_(?:ih|hh))_l(\d{1,3})$/.exec(name) ?? [];
    const own = cell === undefined ? name : `${cell}${Number(layer) + 1}.${kind}_l0`;
    if (apart.has(own))
      throw new CheckpointError(`${source}: "${own}": expected one tensor of it, got two. ${ADVICE}`);
    apart.set(own, array);
  }
  return apart;
}

/** What the names and the two matrices that the other shapes follow from say. */
function configOf(tensors: ReadonlyMap<string, NamedArray>, source: string): ImportedConfig {
  const cells = ['lstm', 'rnn'] as const;
  const cell = cells.find((name) => tensors.has(`${name}1.weight_hh_l0`));
  const [V, D] = matrixShape(tensors, 'embedding.weight', source);
  if (cell === undefined) {
    const isRnn = tensors.has('rnn.weight_hh_l0');
    const [, H] = matrixShape(tensors, `${isRnn ? 'rnn' : 'lstm'}.weight_hh_l0`, source);
    return { model: isRnn ? 'simple-rnnlm' : 'rnnlm', vocabSize: V, wordvecSize: D, hiddenSize: H };
  }

  const [, H] = matrixShape(tensors, `${cell}1.weight_hh_l0`, source);
  const sizes = { vocabSize: V, wordvecSize: D, hiddenSize: H };
  let layers = 1;
  while (tensors.has(`${cell}${layers + 1}.weight_hh_l0`)) layers++;
  const isTied = !tensors.has('linear.weight') || repeatsEmbedding(tensors);
  const head = tensors.has('projection.weight') ? 'projected' : isTied ? 'tied' : 'affine';
  const layerNorm = tensors.has('norm1.weight');
  if (cell === 'lstm' && layers === 2 && head === 'tied' && !layerNorm && D === H) {
    return { model: 'better-rnnlm', ...sizes };
  }
  return { model: 'stacked-rnnlm', ...sizes, cell, layers, head, layerNorm };
}

function expectedTensors(architecture: Architecture): ExpectedTensor[] {
  const { gates, layers, head, vocabSize: V, wordvecSize, outputSize } = architecture;
  const G = gates.theirs.length;
  return [
    { name: 'embedding.weight', shape: [V, wordvecSize] },
    ...layers.flatMap(({ name, norm, D, H }) => [
      { name: `${name}.weight_ih_l0`, shape: [G * H, D] },
      { name: `${name}.weight_hh_l0`, shape: [G * H, H] },
      { name: `${name}.bias_ih_l0`, shape: [G * H] },
      { name: `${name}.bias_hh_l0`, shape: [G * H] },
      ...(norm ? ['weight', 'bias'].map((part) => ({ name: `${norm}.${part}`, shape: [H] })) : []),
    ]),
    ...(head === 'projected' ? [{ name: 'projection.weight', shape: [wordvecSize, outputSize] }] : []),
    ...(head === 'affine' ? [{ name: 'linear.weight', shape: [V, outputSize] }] : []),
    { name: 'linear.bias', shape: [V] },
  ];
}

/** The sizes of a matrix; any, if it is missing, which is said together with what else is. */
function matrixShape(
  tensors: ReadonlyMap<string, NamedArray>,
  name: string,
  source: string,
): readonly number[] {
  const { shape } = tensors.get(name) ?? { shape: [1, 1] };
  if (shape.length !== 2 || !shape.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw new CheckpointError(
      `${source}: "${name}": expected a matrix with sizes from 1, got the shape ${formatShape(shape)}. ${ADVICE}`,
    );
  }
  return shape;
}

/** A module whose output is tied to its embedding has that matrix under both names, and a file may, too. */
function repeatsEmbedding(tensors: ReadonlyMap<string, NamedArray>): boolean {
  const [linear, embedding] = [tensors.get('linear.weight'), tensors.get('embedding.weight')];
  return (
    linear !== undefined &&
    embedding !== undefined &&
    formatShape(linear.shape) === formatShape(embedding.shape) &&
    linear.data.length === embedding.data.length &&
    linear.data.every((value: number, i: number) => value === embedding.data[i])
  );
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
