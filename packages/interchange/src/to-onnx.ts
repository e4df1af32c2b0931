import { CheckpointError, type NamedArray } from '@unroll/checkpoint';
import { type Architecture, architectureOf, type RecurrentLayer } from './architecture.ts';
import type { Weights } from './check-weights.ts';
import { littleEndianBytes } from './little-endian-bytes.ts';
import type { ModelConfig } from './model-config.ts';
import { bytes, integer, message, type Pieces, text } from './protobuf.ts';
import { negated, reordered, transposed } from './rearrange.ts';
import { expectedWeights, unrollWeights } from './unroll-weights.ts';

// Messages and field numbers are those of onnx/onnx.proto3, operators those of docs/Operators.md, both of ONNX 1.12.0
// (https://github.com/onnx/onnx/tree/v1.12.0), whose IR version is 8 and whose operator set is 17.
const IR_VERSION = 8;
const OPSET_VERSION = 17;
/** TensorProto.DataType */
const [FLOAT, INT64] = [1, 7];
/** AttributeProto.AttributeType */
const [INT, INTS] = [2, 7];

/** A protobuf message, and so an ONNX file, is shorter than 2 GiB. */
const MOST_BYTES = 2 ** 31 - 1;
/** More than what is in a file besides weights, for each layer and for the rest. */
const BYTES_BESIDES_WEIGHTS = 4096;

/**
 * The model as an ONNX file. Inputs are `ids` (N, T) int64 and the state, for an LSTM `h` and `c` (1, N, H), and `h1`, `c1`, `h2`, `c2` and so
 * on if it has several layers; outputs are `logits` (N, T, V) and the state after the block, `h_out` and `c_out` or `h1_out` and so on.
 * N and T are free. A text begins with a state of zeros.
 *
 * @throws CheckpointError if the tensors are not those of the configuration, ONNX does not have the cell, or the file would be longer
 * than 2 GiB
 */
export function toOnnx(config: ModelConfig, tensors: ReadonlyMap<string, NamedArray>): Uint8Array {
  const architecture = architectureOf('toOnnx', 'onnx', config);
  checkFileSize(architecture);
  const weight = unrollWeights('toOnnx', architecture, tensors);
  const { layers } = architecture;
  const { model, vocabSize: V, wordvecSize, hiddenSize } = config;

  // ids (N, T) to logits (N, T, V); the recurrent operators take time first, and a layout that runtimes lack otherwise
  const graph = [
    text(2, model), // GraphProto.name
    floats('embed.W', weight('embed.W')),
    initializer('direction', INT64, [1], BigInt64Array.of(1n)),
    node('Transpose', ['ids'], ['ids.T'], ints('perm', [1, 0])), // (T, N)
    node('Gather', ['embed.W', 'ids.T'], ['xs']), // (T, N, D)
  ];
  let below = 'xs';
  for (const layer of layers) {
    graph.push(...recurrentLayer(architecture, layer, weight, below));
    below = `${layer.norm ?? layer.name}.hs`;
  }
  graph.push(
    node('Transpose', [below], ['hs'], ints('perm', [1, 0, 2])), // (N, T, H)
    ...outputLayer(architecture, weight, 'hs'),
  );

  const states = layers.flatMap(({ state, H }) => state.map((name) => [name, [1, 'N', H]] as const));
  graph.push(
    value(INPUT, 'ids', INT64, ['N', 'T']),
    ...states.map(([name, shape]) => value(INPUT, name, FLOAT, shape)),
    value(OUTPUT, 'logits', FLOAT, ['N', 'T', V]),
    ...states.map(([name, shape]) => value(OUTPUT, `${name}_out`, FLOAT, shape)),
  );
  const metadata = { model, vocabSize: V, wordvecSize, hiddenSize };
  // ModelProto
  return message(
    integer(1, IR_VERSION),
    text(2, 'unroll'), // producer_name
    bytes(7, ...graph),
    bytes(8, integer(2, OPSET_VERSION)), // opset_import, of the domain that has no name
    ...Object.entries(metadata).map(([key, entry]) => bytes(14, text(1, key), text(2, String(entry)))),
  );
}

function checkFileSize(architecture: Architecture): void {
  const { layers, gates } = architecture;
  const sizes = [
    ...expectedWeights(architecture).map(({ shape }) =>
      shape.reduce((product, length) => product * length, 1),
    ),
    ...layers.map(({ H }) => gates.theirs.length * H), // the second biases
  ];
  const weightBytes = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (weightBytes + BYTES_BESIDES_WEIGHTS * (layers.length + 1) > MOST_BYTES) {
    throw new CheckpointError(
      `toOnnx: expected weights of less than 2 GiB, which is what an ONNX file holds, got ${weightBytes} bytes. ` +
        'Take another form, or a smaller model.',
    );
  }
}

/** In GraphProto: a recurrent layer, with its weights, from `below` (T, N, D) to its `hs` (T, N, H), or to that of the norm after it. */
function recurrentLayer(
  { operator, gates }: Architecture,
  { name, norm, state, H }: RecurrentLayer,
  weight: Weights,
  below: string,
): Pieces[] {
  const gateBlocks = (array: NamedArray) => {
    const blocks = reordered(array, gates.ours, gates.theirs);
    // z of ONNX is what is kept of h, which is 1 - z of ours; 1 - sigmoid(x) = sigmoid(-x).
    return operator === 'GRU' ? negated(blocks, gates.theirs, 'z') : blocks;
  };
  const b = gateBlocks(weight(`${name}.b`)).data;
  const twoBiases = new Float32Array(2 * b.length); // of xs and of h; the second is zero
  twoBiases.set(b);
  /** One direction, which is the first axis of all that the recurrent operators take. */
  const oneDirection = ({ shape, ...array }: NamedArray) => ({ ...array, shape: [1, ...shape] });
  return [
    floats(`${name}.W`, oneDirection(gateBlocks(transposed(weight(`${name}.Wx`))))), // (1, G * H, D)
    floats(`${name}.R`, oneDirection(gateBlocks(transposed(weight(`${name}.Wh`))))), // (1, G * H, H)
    floats(`${name}.B`, { shape: [1, twoBiases.length], data: twoBiases }),
    node(
      operator,
      [below, `${name}.W`, `${name}.R`, `${name}.B`, '', ...state],
      [`${name}.ys`, ...state.map((each) => `${each}_out`)], // ys (T, 1, N, H)
      int('hidden_size', H),
    ),
    node('Squeeze', [`${name}.ys`, 'direction'], [`${name}.hs`]), // (T, N, H)
    ...(norm ? layerNorm(norm, weight, `${name}.hs`) : []),
  ];
}

/** In GraphProto: over the last axis and with an epsilon of 1e-5, which is what the operator does unless told otherwise. */
function layerNorm(name: string, weight: Weights, below: string): Pieces[] {
  const parts = [`${name}.gain`, `${name}.bias`];
  return [
    ...parts.map((part) => floats(part, weight(part))),
    node('LayerNormalization', [below, ...parts], [`${name}.hs`]),
  ];
}

/** In GraphProto: from `below` (N, T, H) to `logits` (N, T, V). A tied layer takes the embedding that is there already. */
function outputLayer({ head }: Architecture, weight: Weights, below: string): Pieces[] {
  const isProjected = head === 'projected';
  return [
    ...(isProjected
      ? [
          floats('projection.W', weight('projection.W')),
          node('MatMul', [below, 'projection.W'], ['projected']), // (N, T, D)
        ]
      : []),
    head === 'affine'
      ? floats('affine.W', weight('affine.W'))
      : node('Transpose', ['embed.W'], ['affine.W'], ints('perm', [1, 0])), // (D, V)
    floats('affine.b', weight('affine.b')),
    node('MatMul', [isProjected ? 'projected' : below, 'affine.W'], ['scores']),
    node('Add', ['scores', 'affine.b'], ['logits']),
  ];
}

/** In GraphProto: its operators, one after the other. */
function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: readonly Pieces[]
): Pieces {
  return bytes(
    1, // NodeProto
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, outputs[0]), // a name of its own, for profilers and error messages
    text(4, operator),
    ...attributes,
  );
}

/** In NodeProto: an attribute. */
function int(name: string, value: number): Pieces {
  return bytes(5, text(1, name), integer(3, value), integer(20, INT));
}

function ints(name: string, values: readonly number[]): Pieces {
  return bytes(5, text(1, name), ...values.map((value) => integer(8, value)), integer(20, INTS));
}

/** In GraphProto: a weight. */
function initializer(name: string, type: number, shape: readonly number[], data: ArrayBufferView): Pieces {
  return bytes(
    5, // TensorProto
    ...shape.map((size) => integer(1, size)),
    integer(2, type),
    text(8, name),
    bytes(9, [littleEndianBytes(data)]),
  );
}

function floats(name: string, { shape, data }: Pick<NamedArray, 'shape' | 'data'>): Pieces {
  return initializer(name, FLOAT, shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

/** Fields of GraphProto. */
const [INPUT, OUTPUT] = [11, 12];

/** In GraphProto: an input or output; a letter is a size that may be any. */
function value(field: number, name: string, type: number, shape: readonly (number | string)[]): Pieces {
  const sizes = shape.map((size) => bytes(1, typeof size === 'number' ? integer(1, size) : text(2, size)));
  const tensorType = bytes(1, integer(1, type), bytes(2, ...sizes)); // TypeProto.Tensor
  return bytes(field, text(1, name), bytes(2, tensorType)); // ValueInfoProto
}
