import { shortNumber } from './shade.ts';
import { type Call, isTensor, type Operand } from './watched.ts';

/** A wire of the drawing of one step of an LSTM, named for what goes along it. */
export type Wire =
  | ('x' | 'h' | 'c' | 'Wx' | 'Wh' | 'b') // what comes in
  | ('af' | 'ag' | 'ai' | 'ao') // before a gate is squashed
  | ('f' | 'g' | 'i' | 'o') // behind it
  | ('kept' | 'written' | 'cNext' | 'seen' | 'squashed' | 'hNext');

export interface DrawnWire {
  /** Does the operation at hand send something along it, did an earlier one, or neither? */
  readonly state: 'now' | 'past' | 'later';
  /** What went along it, a number for each of its elements, if an operation has it among its operands. */
  readonly numbers?: string;
}

const GATES = ['f', 'g', 'i', 'o'] as const;

interface Stage {
  readonly operation: string;
  readonly wires: readonly Wire[];
  /** The numbers on wires, from the operands of the call. */
  readonly numbers: (tensors: readonly Operand[]) => Partial<Record<Wire, readonly number[]>>;
}

const quarter = ({ values }: Operand, k: number): readonly number[] => {
  const H = values.length / 4;
  return values.slice(k * H, (k + 1) * H);
};
const second = ({ values }: Operand): readonly number[] => values.slice(values.length / 2);
const none = (): Record<string, never> => ({});

/** What each operation of LSTM.forward and LSTM.backward sends along which wires, in their order. */
const stages: Readonly<Record<'forward' | 'backward', readonly Stage[]>> = {
  forward: [
    { operation: 'copy', wires: ['h'], numbers: ([h]) => ({ h: h.values }) },
    { operation: 'copy', wires: ['c'], numbers: ([c]) => ({ c: c.values }) },
    { operation: 'affine', wires: ['x', 'Wx', 'b'], numbers: ([, x]) => ({ x: x.values }) },
    { operation: 'addmm', wires: ['h', 'Wh'], numbers: none },
    {
      operation: 'lstmCell',
      wires: [
        ...(['af', 'ag', 'ai', 'ao', 'f', 'g', 'i', 'o', 'c'] as const),
        ...(['kept', 'written', 'cNext', 'seen', 'squashed', 'hNext'] as const),
      ],
      numbers: ([hs, cs, gates]) => ({
        ...Object.fromEntries(GATES.map((gate, k) => [gate, quarter(gates, k)])),
        ...{ cNext: second(cs), hNext: second(hs) },
      }),
    },
  ],
  backward: [
    { operation: 'copy', wires: ['cNext'], numbers: ([, dcNext]) => ({ cNext: dcNext.values }) },
    {
      operation: 'lstmCellBackward',
      wires: [
        ...(['hNext', 'squashed', 'seen', 'cNext', 'written', 'kept', 'c'] as const),
        ...(['o', 'f', 'g', 'i', 'ao', 'af', 'ag', 'ai'] as const),
      ],
      numbers: ([dgates, dcPrev, dhNext]) => ({
        ...Object.fromEntries(GATES.map((gate, k) => [`a${gate}`, quarter(dgates, k)])),
        ...{ hNext: dhNext.values, c: dcPrev.values },
      }),
    },
    { operation: 'affineGrads', wires: ['Wx', 'b'], numbers: none },
    { operation: 'addmm', wires: ['Wh'], numbers: none },
    { operation: 'matmul', wires: ['h'], numbers: ([dhPrev]) => ({ h: dhPrev.values }) },
    { operation: 'matmul', wires: ['x'], numbers: ([dx]) => ({ x: dx.values }) },
  ],
};

/**
 * What the drawing shows after some operations of a pass.
 * @param calls all operations of the pass
 * @param done so many of them have been made
 * @throws Error if the layer does other operations than those that are drawn
 */
export function lstmGraph(
  calls: readonly Call[],
  pass: 'forward' | 'backward',
  done: number,
): Partial<Record<Wire, DrawnWire>> {
  const drawn: Partial<Record<Wire, DrawnWire>> = {};
  for (const [at, { operation, wires, numbers }] of stages[pass].slice(0, done).entries()) {
    if (calls[at]?.operation !== operation)
      throw new Error(`the drawing of an LSTM: expected ${operation}, got ${calls[at]?.operation}`);
    const known = numbers(calls[at].operands.filter(isTensor));
    for (const wire of wires) {
      const shown = known[wire]?.map(shortNumber).join(' ') ?? drawn[wire]?.numbers;
      drawn[wire] = { state: at === done - 1 ? 'now' : 'past', ...(shown && { numbers: shown }) };
    }
  }
  return drawn;
}
