import type { Shape, Tensor } from '@unroll/tensor';
import { atEveryStep, sigmoidIn, sumIn, tanhIn } from './cell-case.ts';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, type Lab, type Layout } from './lab.ts';
import { sigmoidOf } from './sigmoid-of.ts';

// The gates of a step lie in the order z, r, h; each check names those parts that its kernel may change.

/** Gates (N, T, 3H) after both halves of a step: z and r from a sigmoid, the candidate from a tanh. */
function activated(lab: Lab, shape: Shape, layout: Layout): Tensor {
  const H = shape[2] / 3;
  return lab.tensor(shape, layout, (i) => (i % (3 * H) < 2 * H ? sigmoidIn(lab) : tanhIn(lab)));
}

export const gruChecks: Checks<'gruGates' | 'gruCell' | 'gruCellBackward' | 'gruGatesBackward'> = {
  gruGates: {
    'activates z and r at t, makes rh[:, t], and leaves the candidate and the other steps': atEveryStep(
      async ({ lab, N, T, H, t, layout, other }) => {
        for (const saturated of [false, true]) {
          const rhs = lab.unset([N, T, H], layout);
          const gates = lab.tensor([N, T, 3 * H], other, () => sumIn(lab, saturated));
          const hs = lab.randn([N, T + 1, H], layout);
          const gate = gates.at(t);
          await lab.holds(
            { rh: rhs.at(t), z: gate.columns(0, H), r: gate.columns(H, 2 * H), h: hs.at(t) },
            () => lab.backend.gruGates(rhs, gates, hs, t),
            ({ z, r, h }) => ({
              z: z.map(sigmoidOf),
              r: r.map(sigmoidOf),
              rh: h.map((before, k) => sigmoidOf(r[k]) * before),
            }),
          );
        }
      },
    ),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const [rh, gates, hs] = [lab.randn([2, 3, 5]), lab.randn([2, 3, 15]), lab.randn([2, 4, 5])];
      await expectError('ShapeError', () => lab.backend.gruGates(rh, lab.randn([2, 3, 20]), hs, 0));
      await expectError('ShapeError', () => lab.backend.gruGates(rh, gates, lab.randn([2, 4, 4]), 0));
    }),
  },
  gruCell: {
    'takes the tanh of the candidate at t, makes the next h, and leaves z, r and the other steps':
      atEveryStep(async ({ lab, N, T, H, t, layout, other }) => {
        for (const saturated of [false, true]) {
          const hs = lab.randn([N, T + 1, H], layout);
          // z is activated, the candidate not yet.
          const gates = lab.tensor([N, T, 3 * H], other, (i) =>
            i % (3 * H) < 2 * H ? sigmoidIn(lab) : sumIn(lab, saturated),
          );
          const gate = gates.at(t);
          await lab.holds(
            {
              h: hs.at(t),
              hNext: hs.at(t + 1),
              z: gate.columns(0, H),
              candidate: gate.columns(2 * H, 3 * H),
            },
            () => lab.backend.gruCell(hs, gates, t),
            ({ h, z, candidate }) => ({
              candidate: candidate.map(Math.tanh),
              hNext: h.map((before, k) => (1 - z[k]) * before + z[k] * Math.tanh(candidate[k])),
            }),
          );
        }
      }),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const hs = lab.randn([2, 4, 5]);
      await expectError('ShapeError', () => lab.backend.gruCell(hs, lab.randn([2, 3, 20]), 0));
      await expectError('ShapeError', () => lab.backend.gruCell(hs, lab.randn([2, 3, 15]), 3));
    }),
  },
  gruCellBackward: {
    'fills dgates[:, t] for z and the candidate, scales dh by 1 - z, and leaves r and the other steps':
      atEveryStep(async ({ lab, N, T, H, t, layout, other, flat }) => {
        const dgates = lab.unset([N, T, 3 * H], other);
        const dh = lab.randn([N, H], flat);
        const gates = activated(lab, [N, T, 3 * H], layout);
        const hs = lab.randn([N, T + 1, H], layout);
        const [gate, dgate] = [gates.at(t), dgates.at(t)];
        await lab.holds(
          {
            dz: dgate.columns(0, H),
            dcandidate: dgate.columns(2 * H, 3 * H),
            dh,
            z: gate.columns(0, H),
            candidate: gate.columns(2 * H, 3 * H),
            h: hs.at(t),
          },
          () => lab.backend.gruCellBackward(dgates, dh, gates, hs, t),
          ({ dh, z, candidate, h }) => ({
            dz: dh.map((d, k) => d * (candidate[k] - h[k]) * z[k] * (1 - z[k])),
            dcandidate: dh.map((d, k) => d * z[k] * (1 - candidate[k] ** 2)),
            dh: dh.map((d, k) => d * (1 - z[k])),
          }),
        );
      }),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const [dgates, dh] = [lab.randn([2, 3, 15]), lab.randn([2, 5])];
      const [gates, hs] = [lab.randn([2, 3, 15]), lab.randn([2, 4, 5])];
      const [wrong, { backend }] = [lab.randn([2, 3, 20]), lab];
      await expectError('ShapeError', () => backend.gruCellBackward(wrong, dh, gates, hs, 0));
      await expectError('ShapeError', () => backend.gruCellBackward(dgates, dh, wrong, hs, 0));
      await expectError('ShapeError', () =>
        backend.gruCellBackward(dgates, dh, gates, lab.randn([2, 4, 4]), 0),
      );
    }),
  },
  gruGatesBackward: {
    'fills dgates[:, t] for r, adds drh * r to dh, and leaves z, the candidate and the other steps':
      atEveryStep(async ({ lab, N, T, H, t, layout, other, flat }) => {
        const dgates = lab.unset([N, T, 3 * H], other);
        const [dh, drh] = [lab.randn([N, H], flat), lab.randn([N, H], 'columns')];
        const gates = activated(lab, [N, T, 3 * H], layout);
        const hs = lab.randn([N, T + 1, H], other);
        await lab.holds(
          {
            dr: dgates.at(t).columns(H, 2 * H),
            dh,
            drh,
            r: gates.at(t).columns(H, 2 * H),
            h: hs.at(t),
          },
          () => lab.backend.gruGatesBackward(dgates, dh, drh, gates, hs, t),
          ({ dh, drh, r, h }) => ({
            dr: drh.map((d, k) => d * h[k] * r[k] * (1 - r[k])),
            dh: dh.map((d, k) => d + drh[k] * r[k]),
          }),
        );
      }),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const [dgates, dh, drh] = [lab.randn([2, 3, 15]), lab.randn([2, 5]), lab.randn([2, 5])];
      const [gates, hs] = [lab.randn([2, 3, 15]), lab.randn([2, 4, 5])];
      const { backend } = lab;
      await expectError('ShapeError', () =>
        backend.gruGatesBackward(dgates, dh, lab.randn([2, 4]), gates, hs, 0),
      );
      await expectError('ShapeError', () =>
        backend.gruGatesBackward(lab.randn([2, 3, 20]), dh, drh, gates, hs, 0),
      );
    }),
  },
};
