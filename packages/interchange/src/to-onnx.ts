import { CheckpointError, type NamedArray } from '@unroll/checkpoint';
import { architectureOf } from './architecture.ts';
import { littleEndianBytes } from './little-endian-bytes.ts';
import type { ModelConfig } from './model-config.ts';
import { bytes, integer, message, type Pieces, text } from './protobuf.ts';
import { reordered, transposed } from './rearrange.ts';
import { unrollWeights } from './unroll-weights.ts';

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
/** More than what is in a file besides weights. */
const BYTES_BESIDES_WEIGHTS = 4096;

/**
 * The model as an ONNX file. Inputs are `ids` (N, T) int64 and the state `h` and, for an LSTM, `c` (1, N, H); outputs are `logits` (N, T, V)
 * and the state after the block, `h_out` and `c_out`. N and T are free. A text begins with a state of zeros.
 *
 * @throws CheckpointError if the tensors are not those of the configuration, or the file would be longer than 2 GiB
 */
export function toOnnx(config: ModelConfig, tensors: ReadonlyMap<string, NamedArray>): Uint8Array {
  const architecture = architectureOf('toOnnx', config);
  checkFileSize(config, architecture.gates.onnx.length);
  const { layer, operator, state, gates } = architecture;
  const { embedW, Wx, Wh, b, affineW, affineb } = unrollWeights('toOnnx', architecture, config, tensors);
  const { model, vocabSize: V, wordvecSize, hiddenSize: H } = config;

  const gateRows = (W: NamedArray) => reordered(transposed(W), gates.unroll, gates.onnx);
  /** One direction, which is the first axis of all that the recurrent operators take. */
  const oneDirection = ({ shape, ...array }: NamedArray) => ({ ...array, shape: [1, ...shape] });
  const bias = reordered(b, gates.unroll, gates.onnx);
  const twoBiases = new Float32Array(2 * bias.data.length); // of xs and of h; the second is zero
  twoBiases.set(bias.data);

  const graph = [
    // ids (N, T) to logits (N, T, V); the recurrent operators take time first, and a layout that runtimes lack otherwise
    node('Transpose', ['ids'], ['ids.T'], ints('perm', [1, 0])), // (T, N)
    node('Gather', ['embed.W', 'ids.T'], ['xs']), // (T, N, D)
    node(
      operator,
      ['xs', `${layer}.W`, `${layer}.R`, `${layer}.B`, '', ...state],
      ['ys', ...state.map((name) => `${name}_out`)], // ys (T, 1, N, H)
      int('hidden_size', H),
    ),
    node('Transpose', ['ys'], ['ys.T'], ints('perm', [2, 0, 1, 3])), // (N, T, 1, H)
    node('Squeeze', ['ys.T', 'direction'], ['hs']), // (N, T, H)
    node('MatMul', ['hs', 'affine.W'], ['scores']),
    node('Add', ['scores', 'affine.b'], ['logits']), // (N, T, V)
    text(2, model), // GraphProto.name
    floats('embed.W', embedW),
    floats(`${layer}.W`, oneDirection(gateRows(Wx))), // (1, G * H, D)
    floats(`${layer}.R`, oneDirection(gateRows(Wh))), // (1, G * H, H)
    floats(`${layer}.B`, { shape: [1, twoBiases.length], data: twoBiases }),
    floats('affine.W', affineW),
    floats('affine.b', affineb),
    initializer('direction', INT64, [1], BigInt64Array.of(2n)),
    value(INPUT, 'ids', INT64, ['N', 'T']),
    ...state.map((name) => value(INPUT, name, FLOAT, [1, 'N', H])),
    value(OUTPUT, 'logits', FLOAT, ['N', 'T', V]),
    ...state.map((name) => value(OUTPUT, `${name}_out`, FLOAT, [1, 'N', H])),
  ];
  const metadata = { model, vocabSize: V, wordvecSize, hiddenSize: H };
  // ModelProto
  return message(
    integer(1, IR_VERSION),
    text(2, 'unroll'), // producer_name
    bytes(7, ...graph),
    bytes(8, integer(2, OPSET_VERSION)), // opset_import, of the domain that has no name
    ...Object.entries(metadata).map(([key, entry]) => bytes(14, text(1, key), text(2, String(entry)))),
  );
}

function checkFileSize({ vocabSize: V, wordvecSize: D, hiddenSize: H }: ModelConfig, G: number): void {
  const weights = V * D + G * H * (D + H + 2) + H * V + V;
  if (4 * weights + BYTES_BESIDES_WEIGHTS > MOST_BYTES) {
    throw new CheckpointError(
      `toOnnx: expected weights of less than 2 GiB, which is what an ONNX file holds, got ${4 * weights} bytes. ` +
        'Take the PyTorch form, or a smaller model.',
    );
  }
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
