import type { InputGate } from '@unroll/tensor';
import { apart, atEveryStep, sigmoidIn, sumIn, together } from './cell-case.ts';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab } from './lab.ts';
import { dot, numericGradient, numericTolerance } from './numeric-gradient.ts';
import { sigmoidOf } from './sigmoid-of.ts';

/** Each kind of input gate, and none given, which means one of its own. */
const inputGates: readonly (InputGate | undefined)[] = [undefined, 'own', 'capped', 'coupled'];

function gateCount(inputGate: InputGate | undefined): number {
  return inputGate === 'coupled' ? 3 : 4;
}

interface Gates {
  readonly f: readonly number[];
  readonly g: readonly number[];
  /** Not where it is coupled to f. */
  readonly i?: readonly number[];
  readonly o: readonly number[];
}

/** The gates (N, H), from a row of theirs side by side. */
function gatesOf(gate: readonly number[], H: number, inputGate: InputGate | undefined): Gates {
  if (inputGate === 'coupled') {
    const [f, g, o] = apart(gate, 3, H);
    return { f, g, o };
  }
  const [f, g, i, o] = apart(gate, 4, H);
  return { f, g, i, o };
}

/** How much of g is let in. */
function inputOf(
  f: readonly number[],
  i: readonly number[] | undefined,
  inputGate: InputGate | undefined,
): readonly number[] {
  if (!i) return f.map((value) => 1 - value);
  return inputGate === 'capped' ? i.map((value, k) => Math.min(value, 1 - f[k])) : i;
}

/** One step, from the sums (N, 4H) or (N, 3H) that are the gates before their activation, and c (N, H). */
function lstmStep(
  sums: readonly number[],
  c: readonly number[],
  H: number,
  inputGate: InputGate | undefined,
): Record<'gate' | 'cNext' | 'hNext', number[]> {
  const before = gatesOf(sums, H, inputGate);
  const [f, g, o] = [before.f.map(sigmoidOf), before.g.map(Math.tanh), before.o.map(sigmoidOf)];
  const i = before.i?.map(sigmoidOf);
  const input = inputOf(f, i, inputGate);
  const cNext = c.map((value, k) => f[k] * value + g[k] * input[k]);
  return {
    gate: together(i ? [f, g, i, o] : [f, g, o], H),
    cNext,
    hNext: cNext.map((value, k) => o[k] * Math.tanh(value)),
  };
}

export const lstmChecks: Checks<'lstmCell' | 'lstmCellBackward'> = {
  lstmCell: {
    'activates its gates at t, makes the next c and h, and leaves the other steps': atEveryStep(
      async ({ lab, N, T, H, t, layout, other }) => {
        for (const inputGate of inputGates) {
          for (const saturated of [false, true]) {
            const gates = lab.tensor([N, T, gateCount(inputGate) * H], layout, () => sumIn(lab, saturated));
            const hs = lab.unset([N, T + 1, H], other);
            const cs = lab.randn([N, T + 1, H], layout, 3);
            await lab.holds(
              { gate: gates.at(t), c: cs.at(t), cNext: cs.at(t + 1), hNext: hs.at(t + 1) },
              () => lab.backend.lstmCell(hs, cs, gates, t, inputGate),
              ({ gate, c }) => lstmStep(gate, c, H, inputGate),
            );
          }
        }
      },
    ),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const [hs, cs, gates] = [lab.randn([2, 4, 5]), lab.randn([2, 4, 5]), lab.randn([2, 3, 20])];
      await expectError('ShapeError', () => lab.backend.lstmCell(hs, cs, lab.randn([2, 3, 15]), 0));
      await expectError('ShapeError', () => lab.backend.lstmCell(hs, lab.randn([2, 4, 4]), gates, 0));
      await expectError('ShapeError', () => lab.backend.lstmCell(hs, cs, gates, 3));
      await expectError('ShapeError', () => lab.backend.lstmCell(hs, cs, gates, 0, 'coupled'));
      await expectError('ShapeError', () => lab.backend.lstmCell(hs, cs, lab.randn([2, 3, 15]), 0, 'capped'));
    }),
  },
  lstmCellBackward: {
    'fills dgates[:, t], turns dc into the gradient of cs[:, t], and leaves the other steps': atEveryStep(
      async ({ lab, N, T, H, t, layout, other, flat }) => {
        for (const inputGate of inputGates) {
          const width = gateCount(inputGate) * H;
          const dgates = lab.unset([N, T, width], other);
          const [dc, dh] = [lab.randn([N, H], flat), lab.randn([N, H], flat)];
          const gates = lab.tensor([N, T, width], layout, () => sigmoidIn(lab));
          const cs = lab.randn([N, T + 1, H], other, 3);
          await lab.holds(
            { dgate: dgates.at(t), dc, dh, gate: gates.at(t), c: cs.at(t), cNext: cs.at(t + 1) },
            () => lab.backend.lstmCellBackward(dgates, dc, dh, gates, cs, t, inputGate),
            ({ dc, dh, gate, c, cNext }) => {
              const { f, g, i, o } = gatesOf(gate, H, inputGate);
              const input = inputOf(f, i, inputGate);
              // Where 1 - f stands for i, what the input loses by f is f's, and i has no part in it.
              const ofF = input.map((value, k) => (value === i?.[k] ? 0 : 1));
              // cs[:, t + 1] is reached on two ways: from the steps after it and through hs[:, t + 1] = o * tanh(c).
              const dcNext = dc.map((d, k) => d + dh[k] * o[k] * (1 - Math.tanh(cNext[k]) ** 2));
              const df = dcNext.map((d, k) => d * (c[k] - ofF[k] * g[k]) * f[k] * (1 - f[k]));
              const dg = dcNext.map((d, k) => d * input[k] * (1 - g[k] ** 2));
              const di = i?.map((value, k) => (1 - ofF[k]) * dcNext[k] * g[k] * value * (1 - value));
              const dO = dh.map((d, k) => d * Math.tanh(cNext[k]) * o[k] * (1 - o[k]));
              return {
                dgate: together(di ? [df, dg, di, dO] : [df, dg, dO], H),
                dc: dcNext.map((d, k) => d * f[k]),
              };
            },
          );
        }
      },
    ),
    'gives the gradients that central differences of the step give': inLab(async (lab) => {
      const [N, H] = [3, 5];
      for (const inputGate of inputGates) {
        const width = gateCount(inputGate) * H;
        const sums = Array.from({ length: N * width }, () => lab.random.normal());
        const before = Array.from({ length: N * H }, () => lab.random.normal());
        const { gate: activated, cNext } = lstmStep(sums, before, H, inputGate);
        const [dgates, gates] = [
          lab.unset([N, 1, width]),
          lab.tensor([N, 1, width], 'whole', (i) => activated[i]),
        ];
        const [dc, dh] = [lab.randn([N, H]), lab.randn([N, H])];
        const cs = lab.unset([N, 2, H]);
        cs.at(0).write(before);
        cs.at(1).write(cNext);
        await lab.holds(
          { dgates, dc, dh, gates, cs },
          () => lab.backend.lstmCellBackward(dgates, dc, dh, gates, cs, 0, inputGate),
          ({ dc, dh }) => {
            const loss = (sums: readonly number[], c: readonly number[]) => {
              const { cNext, hNext } = lstmStep(sums, c, H, inputGate);
              return dot(dc, cNext) + dot(dh, hNext);
            };
            return {
              dgates: numericGradient((moved) => loss(moved, before), sums),
              dc: numericGradient((moved) => loss(sums, moved), before),
            };
          },
          numericTolerance(lab),
        );
      }
    }),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const dgates = lab.randn([2, 3, 20]);
      const [dc, dh] = [lab.randn([2, 5]), lab.randn([2, 5])];
      const [gates, cs] = [lab.randn([2, 3, 20]), lab.randn([2, 4, 5])];
      const { backend } = lab;
      const wrong = lab.randn([2, 3, 15]);
      await expectError('ShapeError', () => backend.lstmCellBackward(wrong, dc, dh, gates, cs, 0));
      await expectError('ShapeError', () => backend.lstmCellBackward(dgates, dc, dh, wrong, cs, 0));
      await expectError('ShapeError', () =>
        backend.lstmCellBackward(dgates, lab.randn([2, 4]), dh, gates, cs, 0),
      );
      await expectError('ShapeError', () =>
        backend.lstmCellBackward(dgates, dc, dh, gates, cs, 0, 'coupled'),
      );
      await expectError('ShapeError', () => backend.lstmCellBackward(wrong, dc, dh, wrong, cs, 0, 'capped'));
    }),
  },
};
