import {
  TimeGRU,
  TimeLSTM,
  TimeMinGRU,
  TimeProjectedLSTM,
  TimeQRNN,
  TimeRNN,
  WeightDrop,
} from '@unroll/layers';
import { type Parameter, ValueError } from '@unroll/tensor';
import type { InitialWeights } from './initial-weights.ts';
import type { RecurrentPart } from './parts.ts';

/** What a recurrent layer is made from. */
export interface CellOptions {
  readonly weights: InitialWeights;
  /** Of its weights: `lstm1` for `lstm1.Wx`. */
  readonly name: string;
  /** What it reads. */
  readonly D: number;
  /** What it hands on. */
  readonly H: number;
  /** How many cells a `projected-lstm` has. */
  readonly cells: number;
  /** The share of Wh that is dropped. */
  readonly weightDrop: number;
  readonly forgetBias: number;
}

interface Cell {
  /** What its layers are called, and a number. */
  readonly prefix: string;
  readonly make: (options: CellOptions) => RecurrentPart;
}

export type CellName =
  | 'rnn'
  | 'lstm'
  | 'capped-lstm'
  | 'coupled-lstm'
  | 'projected-lstm'
  | 'gru'
  | 'min-gru'
  | 'qrnn';

/** The recurrent layers that a stack can be made of. */
export const cells: Readonly<Record<CellName, Cell>> = {
  rnn: {
    prefix: 'rnn',
    make: (options) => gated(options, 1, (Wx, Wh, b) => new TimeRNN(Wx, Wh, b, { stateful: true })),
  },
  lstm: {
    prefix: 'lstm',
    make: (options) => gated(options, 4, (Wx, Wh, b) => new TimeLSTM(Wx, Wh, b, { stateful: true })),
  },
  'capped-lstm': {
    prefix: 'lstm',
    make: (options) =>
      gated(options, 4, (Wx, Wh, b) => new TimeLSTM(Wx, Wh, b, { stateful: true, inputGate: 'capped' })),
  },
  'coupled-lstm': {
    prefix: 'lstm',
    make: (options) =>
      gated(options, 3, (Wx, Wh, b) => new TimeLSTM(Wx, Wh, b, { stateful: true, inputGate: 'coupled' })),
  },
  'projected-lstm': {
    prefix: 'lstm',
    make: ({ weights, name, D, H: P, cells: H, forgetBias, ...options }) => {
      const Wx = weights.normal(`${name}.Wx`, [D, 4 * H], 1 / Math.sqrt(D));
      const Wh = weights.normal(`${name}.Wh`, [P, 4 * H], 1 / Math.sqrt(P));
      const b = weights.constant(`${name}.b`, [4 * H], forgetBias, H);
      const Wr = weights.normal(`${name}.Wr`, [H, P], 1 / Math.sqrt(H));
      return dropped(weights, Wh, options, (Wh) => new TimeProjectedLSTM(Wx, Wh, b, Wr, { stateful: true }));
    },
  },
  gru: {
    prefix: 'gru',
    make: (options) => gated(options, 3, (Wx, Wh, b) => new TimeGRU(Wx, Wh, b, { stateful: true })),
  },
  'min-gru': {
    prefix: 'mingru',
    make: ({ weights, name, D, H }) => {
      const W = weights.normal(`${name}.W`, [D, 2 * H], 1 / Math.sqrt(D));
      return new TimeMinGRU(W, weights.zeros(`${name}.b`, [2 * H]), { stateful: true });
    },
  },
  qrnn: {
    prefix: 'qrnn',
    make: ({ weights, name, D, H }) => {
      const Wprev = weights.normal(`${name}.Wprev`, [D, 3 * H], 1 / Math.sqrt(2 * D));
      const Wx = weights.normal(`${name}.Wx`, [D, 3 * H], 1 / Math.sqrt(2 * D));
      return new TimeQRNN(Wprev, Wx, weights.zeros(`${name}.b`, [3 * H]), { stateful: true });
    },
  },
};

/** The names that a stack knows. */
export const cellNames: readonly CellName[] = /* @__PURE__ */ Object.keys(cells) as CellName[];

/** Those whose b begins with the forget gate; the tanh RNN, the GRU and the MinGRU have none, and a QRNN's is not the first. */
export const cellsThatForget: readonly CellName[] = ['lstm', 'capped-lstm', 'coupled-lstm', 'projected-lstm'];

/** Those with recurrent weights Wh, which can be dropped. */
export const cellsWithWh: readonly CellName[] = [...cellsThatForget, 'rnn', 'gru'];

/** Wx (D, G * H), Wh (H, G * H), b (G * H) for a layer with G gates. */
function gated(
  { weights, name, D, H, forgetBias, ...options }: CellOptions,
  G: number,
  make: (Wx: Parameter, Wh: Parameter, b: Parameter) => RecurrentPart,
): RecurrentPart {
  const Wx = weights.normal(`${name}.Wx`, [D, G * H], 1 / Math.sqrt(D));
  const Wh = weights.normal(`${name}.Wh`, [H, G * H], 1 / Math.sqrt(H));
  const b = weights.constant(`${name}.b`, [G * H], forgetBias, H);
  return dropped(weights, Wh, options, (Wh) => make(Wx, Wh, b));
}

function dropped(
  weights: InitialWeights,
  Wh: Parameter,
  { weightDrop }: Pick<CellOptions, 'weightDrop'>,
  make: (Wh: Parameter) => RecurrentPart,
): RecurrentPart {
  return weightDrop > 0 ? new WeightDrop(Wh, weightDrop, make, { seed: weights.maskSeed() }) : make(Wh);
}

/** @throws ValueError for a name that is none */
export function cellOf(name: string): Cell {
  if (Object.hasOwn(cells, name)) return cells[name as CellName];
  throw new ValueError(`StackedRnnlm: expected cell to be one of ${cellNames.join(', ')}, got ${name}`);
}
