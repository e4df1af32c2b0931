import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, type Lab, type Layout, layoutsOf } from './lab.ts';

/** V, D and the shape of the ids. */
const sizes: readonly (readonly [V: number, D: number, ids: readonly number[]])[] = [
  [1, 1, [1, 1]],
  [3, 5, [4, 6]],
  [50, 7, [2, 3]],
  [11, 16, [5]],
  [200, 33, [3, 7]],
];

async function eachCase(
  hold: (V: number, D: number, shape: readonly number[], layout: Layout, ids: Layout) => Promise<void>,
): Promise<void> {
  for (const [V, D, shape] of sizes) {
    for (const layout of layoutsOf([...shape, D])) {
      for (const ids of layoutsOf(shape)) await hold(V, D, shape, layout, ids);
    }
  }
}

/** A matrix's layout of the same name, or the nearest. */
function ofMatrix(layout: Layout): Layout {
  return layout === 'whole' || layout === 'columns' ? layout : 'step';
}

const outside = [-1, 5, 2 ** 31 - 1, -(2 ** 31)];

function wrongIds(lab: Lab, wrong: number) {
  return lab.ints([0, 4, wrong, 1], [2, 2]);
}

export const embeddingChecks: Checks<'gather' | 'scatterAdd'> = {
  gather: {
    'copies the rows that the ids name, to the bit, also the same row often': inLab(async (lab) => {
      await eachCase(async (V, D, shape, layout, idLayout) => {
        const out = lab.unset([...shape, D], layout);
        const W = lab.randn([V, D], ofMatrix(layout));
        const ids = lab.ints(lab.randomInts(V, shape), shape, idLayout);
        await lab.holds(
          { out, W, ids },
          () => lab.backend.gather(out, W, ids),
          ({ W, ids }) => ({ out: ids.flatMap((id) => W.slice(id * D, (id + 1) * D)) }),
          { rtol: 0, atol: 0 },
        );
      });
    }),
    'refuses ids outside of the vocabulary': inLab(async (lab) => {
      for (const wrong of outside) {
        const [out, W, ids] = [lab.randn([2, 2, 3]), lab.randn([5, 3]), wrongIds(lab, wrong)];
        await expectError('ValueError', async () => {
          lab.backend.gather(out, W, ids);
          await out.read();
        });
      }
    }),
    'refuses shapes that do not fit, and ids that are not i32': inLab(async (lab) => {
      const ids = lab.ints([0, 1], [1, 2]);
      await expectError('ShapeError', () => lab.backend.gather(lab.randn([1, 2, 4]), lab.randn([5, 3]), ids));
      await expectError('ShapeError', () => lab.backend.gather(lab.randn([1, 3, 3]), lab.randn([5, 3]), ids));
      const floats = lab.tensor([1, 2], 'whole', (i) => i);
      await expectError('DTypeError', () =>
        lab.backend.gather(lab.randn([1, 2, 3]), lab.randn([5, 3]), floats),
      );
    }),
  },
  scatterAdd: {
    'adds to the rows that the ids name, twice for an id that comes twice, and to no other': inLab(
      async (lab) => {
        await eachCase(async (V, D, shape, layout, idLayout) => {
          // Whole numbers, whose sums are exact in any order: the rows that no id names must stay as they are, to the bit.
          const valueAt = () => lab.random.integer(100) - 50;
          const dW = lab.tensor([V, D], ofMatrix(layout), valueAt);
          const ids = lab.ints(lab.randomInts(Math.ceil(V / 2), shape), shape, idLayout);
          const dout = lab.tensor([...shape, D], layout, valueAt);
          await lab.holds(
            { dW, ids, dout },
            () => lab.backend.scatterAdd(dW, ids, dout),
            ({ dW, ids, dout }) => {
              const sums = [...dW];
              for (const [row, id] of ids.entries()) {
                for (let d = 0; d < D; d++) sums[id * D + d] += dout[row * D + d];
              }
              return { dW: sums };
            },
            { rtol: 0, atol: 0 },
          );
        });
      },
    ),
    'refuses ids outside of the vocabulary': inLab(async (lab) => {
      for (const wrong of outside) {
        const [dW, ids, dout] = [lab.randn([5, 3]), wrongIds(lab, wrong), lab.randn([2, 2, 3])];
        await expectError('ValueError', async () => {
          lab.backend.scatterAdd(dW, ids, dout);
          await dW.read();
        });
      }
    }),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const ids = lab.ints([0, 1], [1, 2]);
      await expectError('ShapeError', () =>
        lab.backend.scatterAdd(lab.randn([5, 3]), ids, lab.randn([1, 2, 4])),
      );
      await expectError('ShapeError', () =>
        lab.backend.scatterAdd(lab.randn([5, 3]), ids, lab.randn([1, 3, 3])),
      );
      // A table has two axes: the rows of three may lie anywhere.
      const steps = lab.randn([2, 4, 3]).slice(0, 2);
      await expectError('ShapeError', () => lab.backend.scatterAdd(steps, ids, lab.randn([1, 2, 3])));
      await expectError('ShapeError', () => lab.backend.gather(lab.randn([1, 2, 3]), steps, ids));
    }),
  },
};
