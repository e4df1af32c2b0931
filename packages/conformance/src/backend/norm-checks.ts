import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, layoutsOf } from './lab.ts';

const shapes: readonly (readonly number[])[] = [[1], [7], [3, 5], [100, 33], [2, 3, 4]];

export const normChecks: Checks<'addSumSquares' | 'sqrt' | 'clip'> = {
  addSumSquares: {
    'adds the sum of all squares to what out holds': inLab(async (lab) => {
      for (const shape of shapes) {
        for (const layout of layoutsOf(shape)) {
          for (const of of layoutsOf([1])) {
            const [out, x] = [lab.tensor([1], of, () => 2.5), lab.randn(shape, layout)];
            await lab.holds(
              { out, x },
              () => lab.backend.addSumSquares(out, x),
              ({ out, x }) => ({ out: [x.reduce((sum, value) => sum + value ** 2, out[0])] }),
            );
          }
        }
      }
    }),
    'gathers the squares of several tensors': inLab(async (lab) => {
      const [out, x, y] = [lab.tensor([1], 'whole', () => 0), lab.randn([4, 5]), lab.randn([9])];
      await lab.holds(
        { out, x, y },
        () => {
          lab.backend.addSumSquares(out, x);
          lab.backend.addSumSquares(out, y);
        },
        ({ x, y }) => ({ out: [[...x, ...y].reduce((sum, value) => sum + value ** 2, 0)] }),
      );
    }),
    'refuses an out of more than one': inLab(async (lab) => {
      await expectError('ShapeError', () => lab.backend.addSumSquares(lab.randn([2]), lab.randn([2])));
    }),
  },
  sqrt: {
    'takes the square root in place': inLab(async (lab) => {
      for (const value of [0, 1e-12, 2, 1e12]) {
        for (const layout of layoutsOf([1])) {
          const norm = lab.tensor([1], layout, () => value);
          await lab.holds(
            { norm },
            () => lab.backend.sqrt(norm),
            ({ norm }) => ({ norm: [Math.sqrt(norm[0])] }),
          );
        }
      }
    }),
  },
  clip: {
    'multiplies by maxNorm / (norm + 1e-6) when the norm is above': inLab(async (lab) => {
      for (const shape of shapes) {
        for (const layout of layoutsOf(shape)) {
          const [x, norm] = [lab.randn(shape, layout), lab.tensor([1], 'columns', () => 4)];
          await lab.holds(
            { x, norm },
            () => lab.backend.clip(x, norm, 0.25),
            ({ x, norm }) => ({ x: x.map((value) => (value * 0.25) / (norm[0] + 1e-6)) }),
          );
        }
      }
    }),
    'leaves x as it is, to the bit, when the norm is below': inLab(async (lab) => {
      for (const value of [0, 0.1, 0.2499]) {
        const [x, norm] = [lab.randn([3, 5]), lab.tensor([1], 'whole', () => value)];
        await lab.holds(
          { x, norm },
          () => lab.backend.clip(x, norm, 0.25),
          () => ({}),
        );
      }
    }),
    'refuses a norm of more than one': inLab(async (lab) => {
      await expectError('ShapeError', () => lab.backend.clip(lab.randn([2]), lab.randn([2]), 0.25));
    }),
  },
};
