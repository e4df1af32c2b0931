import { CheckpointError } from '@unroll/checkpoint';
import type { HeadName, ModelConfig } from './model-config.ts';

/** What a model computes, as a format has it. What acts only while training, such as dropout, is no part of it. */
export interface Architecture {
  /** PyTorch's module and ONNX's operator. */
  readonly operator: 'LSTM' | 'RNN' | 'GRU';
  /** In which order the gates lie, in blocks of H, in our weights and in those of the format. */
  readonly gates: { readonly ours: string; readonly theirs: string };
  /** The recurrent layers, from below to above. */
  readonly layers: readonly RecurrentLayer[];
  readonly head: HeadName;
  /** V */
  readonly vocabSize: number;
  /** D */
  readonly wordvecSize: number;
  /** What the head reads: the H of the last layer. */
  readonly outputSize: number;
}

export interface RecurrentLayer {
  /** In our names of tensors and in PyTorch's: `lstm`, or `lstm1` where a model may have several. */
  readonly name: string;
  /** Of the layer norm after it, if there is one: `norm1`. */
  readonly norm: string | undefined;
  /** What it reads. */
  readonly D: number;
  /** What it hands on. */
  readonly H: number;
  /** What it carries from step to step: `h` and `c`, or `h1` and `c1` where a model has several. */
  readonly state: readonly string[];
}

export type Format = 'pytorch' | 'onnx';

interface Cell {
  readonly operator: Architecture['operator'];
  readonly state: readonly ('h' | 'c')[];
  /** A format that does not compute the same is missing. */
  readonly gates: { readonly unroll: string } & Readonly<Partial<Record<Format, string>>>;
}

/**
 * Of the gates of an LSTM: forget, new (ONNX calls it c, cell), input, output. A tanh RNN has one block. Of a GRU: update, reset, new.
 *
 * Sources: https://pytorch.org/docs/stable/generated/torch.nn.LSTM.html (`W_ii|W_if|W_ig|W_io`),
 * https://onnx.ai/onnx/operators/onnx__LSTM.html (`W[iofc]`) and https://onnx.ai/onnx/operators/onnx__GRU.html (`W[zrh]`). PyTorch's GRU
 * resets after the product, `r * (h @ Wh)`; ours and ONNX's before it, as the book's.
 */
const cells: ReadonlyMap<string, Cell> = new Map<string, Cell>([
  ['lstm', { operator: 'LSTM', state: ['h', 'c'], gates: { unroll: 'fgio', pytorch: 'ifgo', onnx: 'iofg' } }],
  ['rnn', { operator: 'RNN', state: ['h'], gates: { unroll: 'h', pytorch: 'h', onnx: 'h' } }],
  ['gru', { operator: 'GRU', state: ['h'], gates: { unroll: 'zrh', onnx: 'zrh' } }],
]);

type Stack = Pick<ModelConfig, 'cell' | 'layers' | 'head' | 'layerNorm'>;

/** Each model as a stack. */
const stacks: ReadonlyMap<string, (config: ModelConfig) => Stack> = new Map<
  string,
  (config: ModelConfig) => Stack
>([
  ['rnnlm', () => ({ cell: 'lstm' })],
  ['simple-rnnlm', () => ({ cell: 'rnn' })],
  ['better-rnnlm', () => ({ cell: 'lstm', layers: 2, head: 'tied' })],
  ['stacked-rnnlm', (config) => config],
]);
/** Their one recurrent layer has no number. */
const withoutNumbers = ['rnnlm', 'simple-rnnlm'];
const heads: readonly HeadName[] = ['affine', 'tied', 'projected'];
/** More than anyone stacks: a number from a file does not say how long a loop runs. */
const MOST_LAYERS = 1000;

/**
 * The architecture that a configuration names. It may come from a file, whatever its type says.
 * @throws CheckpointError for another model, for a cell that the format does not have, and for a value that cannot be
 */
export function architectureOf(operation: string, format: Format, config: ModelConfig): Architecture {
  const { model, vocabSize, wordvecSize: D, hiddenSize: H } = config;
  const { cell, layers: count, head, layerNorm } = stackOf(operation, config);
  const { operator, state, gates } = cellOf(operation, format, cell);
  const layers = Array.from({ length: count }, (_, i): RecurrentLayer => {
    const number = i + 1;
    return {
      name: withoutNumbers.includes(model) ? cell : `${cell}${number}`,
      norm: layerNorm ? `norm${number}` : undefined,
      D: i === 0 ? D : H,
      H: number === count && head === 'tied' ? D : H,
      state: count === 1 ? state : state.map((name) => `${name}${number}`),
    };
  });
  return { operator, gates, layers, head, vocabSize, wordvecSize: D, outputSize: layers[count - 1].H };
}

/** The configuration as a stack, checked, apart from the name of the cell. */
function stackOf(operation: string, config: ModelConfig): Required<Stack> {
  const expect = (right: boolean, expected: string, got: unknown): void => {
    if (!right)
      throw new CheckpointError(`${operation}: expected ${expected}, got ${shown(got)}. Check config.json.`);
  };
  const { model, vocabSize, wordvecSize, hiddenSize } = config;
  const stack = stacks.get(model)?.(config);
  if (!stack) {
    throw new CheckpointError(
      `${operation}: expected a model that is one of ${[...stacks.keys()].join(', ')}, got ${shown(model)}. ` +
        'Other models have no such form yet.',
    );
  }
  for (const [name, size] of Object.entries({ vocabSize, wordvecSize, hiddenSize })) {
    expect(Number.isSafeInteger(size) && size >= 1, `${name} to be a whole number from 1`, size);
  }
  const { cell = 'lstm', layers = 1, head = 'affine', layerNorm = false } = stack;
  expect(
    Number.isSafeInteger(layers) && layers >= 1 && layers <= MOST_LAYERS,
    `layers to be a whole number from 1 to ${MOST_LAYERS}`,
    layers,
  );
  expect(heads.includes(head), `head to be one of ${heads.join(', ')}`, head);
  expect(typeof layerNorm === 'boolean', 'layerNorm to be true or false', layerNorm);
  expect(
    model !== 'better-rnnlm' || hiddenSize === wordvecSize,
    `hiddenSize to be wordvecSize, ${wordvecSize}, since the output is tied to the embedding`,
    hiddenSize,
  );
  return { cell, layers, head, layerNorm };
}

function cellOf(
  operation: string,
  format: Format,
  name: string,
): Pick<Architecture, 'operator' | 'gates'> & Pick<Cell, 'state'> {
  const namesIn = (wanted: Format) =>
    [...cells].filter(([, { gates }]) => gates[wanted]).map(([known]) => known);
  const cell = cells.get(name);
  const theirs = cell?.gates[format];
  if (!cell || !theirs) {
    throw new CheckpointError(
      `${operation}: expected a cell that is one of ${namesIn(format).join(', ')}, got ${shown(name)}. ` +
        `PyTorch takes ${namesIn('pytorch').join(', ')}; ONNX takes ${namesIn('onnx').join(', ')}; npz takes every model.`,
    );
  }
  return { operator: cell.operator, state: cell.state, gates: { ours: cell.gates.unroll, theirs } };
}

/** A value from a file, not too long. */
const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, 80);
