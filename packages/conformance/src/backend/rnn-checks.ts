import { atEveryStep, sumIn, tanhIn } from './cell-case.ts';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab } from './lab.ts';

export const rnnChecks: Checks<'rnnCell' | 'rnnCellBackward'> = {
  rnnCell: {
    'fills hs[:, t + 1] with the tanh of gates[:, t] and leaves the other steps': atEveryStep(
      async ({ lab, N, T, H, t, layout, other }) => {
        for (const saturated of [false, true]) {
          const hs = lab.unset([N, T + 1, H], layout);
          const gates = lab.tensor([N, T, H], other, () => sumIn(lab, saturated));
          await lab.holds(
            { h: hs.at(t), hNext: hs.at(t + 1), gate: gates.at(t) },
            () => lab.backend.rnnCell(hs, gates, t),
            ({ gate }) => ({ hNext: gate.map(Math.tanh) }),
          );
        }
      },
    ),
    'refuses shapes that do not fit, and a step that there is not': inLab(async (lab) => {
      const [hs, gates] = [lab.randn([2, 4, 3]), lab.randn([2, 3, 3])];
      await expectError('ShapeError', () => lab.backend.rnnCell(hs, gates, 3));
      await expectError('ShapeError', () => lab.backend.rnnCell(hs, lab.randn([2, 3, 4]), 0));
      await expectError('ShapeError', () => lab.backend.rnnCell(hs, lab.randn([1, 3, 3]), 0));
    }),
  },
  rnnCellBackward: {
    'fills dgates[:, t] with dh * (1 - hs[:, t + 1]^2) and leaves the other steps': atEveryStep(
      async ({ lab, N, T, H, t, layout, other, flat }) => {
        const dgates = lab.unset([N, T, H], layout);
        const dh = lab.randn([N, H], flat);
        const hs = lab.tensor([N, T + 1, H], other, () => tanhIn(lab));
        await lab.holds(
          { dgate: dgates.at(t), dh, hNext: hs.at(t + 1) },
          () => lab.backend.rnnCellBackward(dgates, dh, hs, t),
          ({ dh, hNext }) => ({ dgate: dh.map((d, k) => d * (1 - hNext[k] ** 2)) }),
        );
      },
    ),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const [dgates, dh, hs] = [lab.randn([2, 3, 5]), lab.randn([2, 5]), lab.randn([2, 4, 5])];
      await expectError('ShapeError', () => lab.backend.rnnCellBackward(lab.randn([2, 3, 4]), dh, hs, 0));
      await expectError('ShapeError', () => lab.backend.rnnCellBackward(dgates, dh, lab.randn([2, 4, 4]), 0));
    }),
  },
};
