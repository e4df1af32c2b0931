import { apart, atEveryStep, sigmoidIn, sumIn, together } from './cell-case.ts';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab } from './lab.ts';
import { sigmoidOf } from './sigmoid-of.ts';

export const lstmChecks: Checks<'lstmCell' | 'lstmCellBackward'> = {
  lstmCell: {
    'activates f, g, i, o at t, makes the next c and h, and leaves the other steps': atEveryStep(
      async ({ lab, N, T, H, t, layout, other }) => {
        for (const saturated of [false, true]) {
          const gates = lab.tensor([N, T, 4 * H], layout, () => sumIn(lab, saturated));
          const hs = lab.unset([N, T + 1, H], other);
          const cs = lab.randn([N, T + 1, H], layout, 3);
          await lab.holds(
            { gate: gates.at(t), c: cs.at(t), cNext: cs.at(t + 1), hNext: hs.at(t + 1) },
            () => lab.backend.lstmCell(hs, cs, gates, t),
            ({ gate, c }) => {
              const [sf, sg, si, so] = apart(gate, 4, H);
              const [f, g, i, o] = [
                sf.map(sigmoidOf),
                sg.map(Math.tanh),
                si.map(sigmoidOf),
                so.map(sigmoidOf),
              ];
              const cNext = c.map((before, k) => f[k] * before + g[k] * i[k]);
              const hNext = cNext.map((now, k) => o[k] * Math.tanh(now));
              return { gate: together([f, g, i, o], H), cNext, hNext };
            },
          );
        }
      },
    ),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const [hs, cs, gates] = [lab.randn([2, 4, 5]), lab.randn([2, 4, 5]), lab.randn([2, 3, 20])];
      await expectError('ShapeError', () => lab.backend.lstmCell(hs, cs, lab.randn([2, 3, 15]), 0));
      await expectError('ShapeError', () => lab.backend.lstmCell(hs, lab.randn([2, 4, 4]), gates, 0));
      await expectError('ShapeError', () => lab.backend.lstmCell(hs, cs, gates, 3));
    }),
  },
  lstmCellBackward: {
    'fills dgates[:, t], turns dc into the gradient of cs[:, t], and leaves the other steps': atEveryStep(
      async ({ lab, N, T, H, t, layout, other, flat }) => {
        const dgates = lab.unset([N, T, 4 * H], other);
        const [dc, dh] = [lab.randn([N, H], flat), lab.randn([N, H], flat)];
        const gates = lab.tensor([N, T, 4 * H], layout, () => sigmoidIn(lab));
        const cs = lab.randn([N, T + 1, H], other, 3);
        await lab.holds(
          { dgate: dgates.at(t), dc, dh, gate: gates.at(t), c: cs.at(t), cNext: cs.at(t + 1) },
          () => lab.backend.lstmCellBackward(dgates, dc, dh, gates, cs, t),
          ({ dc, dh, gate, c, cNext }) => {
            const [f, g, i, o] = apart(gate, 4, H);
            // cs[:, t + 1] is reached on two ways: from the steps after it and through hs[:, t + 1] = o * tanh(c).
            const dcNext = dc.map((d, k) => d + dh[k] * o[k] * (1 - Math.tanh(cNext[k]) ** 2));
            const df = dcNext.map((d, k) => d * c[k] * f[k] * (1 - f[k]));
            const dg = dcNext.map((d, k) => d * i[k] * (1 - g[k] ** 2));
            const di = dcNext.map((d, k) => d * g[k] * i[k] * (1 - i[k]));
            const dO = dh.map((d, k) => d * Math.tanh(cNext[k]) * o[k] * (1 - o[k]));
            return { dgate: together([df, dg, di, dO], H), dc: dcNext.map((d, k) => d * f[k]) };
          },
        );
      },
    ),
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
    }),
  },
};
