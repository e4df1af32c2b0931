import type { Played } from './play.ts';
import { type Call, isTensor, type Operand } from './watched.ts';

export type ForwardRow = 'f' | 'g' | 'i' | 'o' | 'c' | 'h';
export type BackwardRow = 'dh' | 'do' | 'di' | 'dg' | 'df' | 'dc';

/** What one time step of an LSTM computed: for each row of the picture, a number for each cell. */
export interface UnrolledStep {
  readonly forward: Readonly<Record<ForwardRow, readonly number[]>>;
  /** The cell before the step. */
  readonly cBefore: readonly number[];
  /** As the layer left them: those of the gates are from before they are squashed; dc goes on to the step before. */
  readonly backward: Readonly<Record<BackwardRow, readonly number[]>>;
}

const GATES = ['f', 'g', 'i', 'o'] as const;

/** Takes the steps of a TimeLSTM on one stream out of what was seen of its operations. */
export function unrolledLstm({ forward, backward }: Played): UnrolledStep[] {
  const backwardSteps = backward.filter(({ operation }) => operation === 'lstmCellBackward').reverse();
  return forward
    .filter(({ operation }) => operation === 'lstmCell')
    .map((call, t) => {
      const [hs, cs, gates] = tensorsOf(call);
      const [dgates, dc, dh] = tensorsOf(backwardSteps[t]);
      const H = hs.shape[2];
      const gatesAt = (of: Operand): Record<(typeof GATES)[number], readonly number[]> => {
        const [f, g, i, o] = GATES.map((_, k) => of.values.slice((4 * t + k) * H, (4 * t + k + 1) * H));
        return { f, g, i, o };
      };
      const stateAt = (of: Operand, step: number) => of.values.slice(step * H, (step + 1) * H);
      const { f: df, g: dg, i: di, o: dO } = gatesAt(dgates);
      return {
        forward: { ...gatesAt(gates), c: stateAt(cs, t + 1), h: stateAt(hs, t + 1) },
        cBefore: stateAt(cs, t),
        backward: { dh: dh.values, do: dO, di, dg, df, dc: dc.values },
      };
    });
}

const tensorsOf = ({ operands }: Call): Operand[] => operands.filter(isTensor);
