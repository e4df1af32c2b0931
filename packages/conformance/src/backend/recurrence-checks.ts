import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, type Lab, type Layout, layoutsOf } from './lab.ts';
import { dot, numericGradient, numericTolerance } from './numeric-gradient.ts';

type Size = readonly [N: number, T: number, H: number];

const sizes: readonly Size[] = [
  [1, 1, 1],
  [2, 3, 5],
  [3, 4, 16],
  [2, 7, 33],
  [5, 1, 9],
  [1, 40, 300],
];

/** Every size, with each layout for tensors over time, another one, and one for (N, H). */
const cases = sizes.flatMap((size) => {
  const layouts = layoutsOf(size);
  return layouts.map((layout, i) => ({
    size,
    layout,
    other: layouts[(i + 1) % layouts.length],
    flat: layoutsOf([size[0], size[2]])[i % 3],
  }));
});

type Values = readonly number[];

/** All of hs (N, T + 1, H), from its first step; a and b (N, T, H). */
function recur([N, T, H]: Size, first: Values, a: Values, b: Values): number[] {
  const hs: number[] = [];
  for (let n = 0; n < N; n++) {
    let h = first.slice(n * H, (n + 1) * H);
    hs.push(...h);
    for (let t = 0; t < T; t++) {
      const at = (n * T + t) * H;
      h = h.map((value, j) => a[at + j] * value + b[at + j]);
      hs.push(...h);
    }
  }
  return hs;
}

/** The steps from `start` to `end` of x (N, steps, H), where x has `steps` of them. */
function stepsOf(x: Values, [N, , H]: Size, steps: number, start: number, end: number): number[] {
  return Array.from({ length: N }, (_, n) => x.slice((n * steps + start) * H, (n * steps + end) * H)).flat();
}

function backwardOperands(lab: Lab, [N, T, H]: Size, layout: Layout, other: Layout, flat: Layout) {
  return {
    da: lab.unset([N, T, H], other),
    db: lab.unset([N, T, H], layout),
    dh: lab.randn([N, H], flat),
    dhs: lab.randn([N, T, H], other),
    a: lab.uniform([N, T, H], layout),
    hs: lab.randn([N, T + 1, H], other),
  };
}

export const recurrenceChecks: Checks<'recurrence' | 'recurrenceBackward'> = {
  recurrence: {
    'goes from hs[:, 0], which it leaves, through all steps': inLab(async (lab) => {
      for (const { size, layout, other } of cases) {
        const [N, T, H] = size;
        const isGiven = (index: number) => Math.floor(index / H) % (T + 1) === 0;
        const hs = lab.tensor([N, T + 1, H], layout, (i) => (isGiven(i) ? lab.random.normal() : Number.NaN));
        const [a, b] = [lab.uniform(size, other), lab.randn(size, layout)];
        await lab.holds(
          { hs, a, b },
          () => lab.backend.recurrence(hs, a, b),
          ({ hs, a, b }) => ({ hs: recur(size, stepsOf(hs, size, T + 1, 0, 1), a, b) }),
        );
      }
    }),
    'refuses shapes that do not fit, and ids': inLab(async (lab) => {
      const [hs, a, b] = [lab.randn([2, 4, 5]), lab.randn([2, 3, 5]), lab.randn([2, 3, 5])];
      const { backend } = lab;
      for (const wrong of [
        [2, 3, 5],
        [2, 4, 4],
        [1, 4, 5],
      ]) {
        await expectError('ShapeError', () => backend.recurrence(lab.randn(wrong), a, b));
      }
      for (const wrong of [
        [2, 4, 5],
        [2, 3, 4],
        [3, 2, 5],
      ]) {
        await expectError('ShapeError', () => backend.recurrence(hs, lab.randn(wrong), b));
        await expectError('ShapeError', () => backend.recurrence(hs, a, lab.randn(wrong)));
      }
      const ids = lab.ints(lab.randomInts(5, [2, 3, 5]), [2, 3, 5]);
      await expectError('DTypeError', () => backend.recurrence(hs, a, ids));
    }),
  },
  recurrenceBackward: {
    'goes from the last step to the first, and turns dh into the gradient of hs[:, 0]': inLab(async (lab) => {
      for (const { size, layout, other, flat } of cases) {
        const [N, T, H] = size;
        const operands = backwardOperands(lab, size, layout, other, flat);
        const { da, db, dh, dhs, a, hs } = operands;
        await lab.holds(
          operands,
          () => lab.backend.recurrenceBackward(da, db, dh, dhs, a, hs),
          ({ dh, dhs, a, hs }) => {
            const [carry, das, dbs] = [[...dh], [...a], [...a]];
            for (let t = T - 1; t >= 0; t--) {
              for (let n = 0; n < N; n++) {
                for (let j = 0; j < H; j++) {
                  const at = (n * T + t) * H + j;
                  dbs[at] = dhs[at] + carry[n * H + j];
                  das[at] = dbs[at] * hs[(n * (T + 1) + t) * H + j];
                  carry[n * H + j] = dbs[at] * a[at];
                }
              }
            }
            return { da: das, db: dbs, dh: carry };
          },
        );
      }
    }),
    'gives the gradients that central differences give': inLab(async (lab) => {
      const size: Size = [2, 4, 3];
      const [N, T, H] = size;
      const first = Array.from({ length: N * H }, () => lab.random.normal());
      const [as, bs] = [0, 1].map(() => Array.from({ length: N * T * H }, () => lab.random.normal()));
      const all = recur(size, first, as, bs);
      const operands = {
        ...backwardOperands(lab, size, 'whole', 'columns', 'whole'),
        a: lab.tensor(size, 'whole', (i) => as[i]),
        hs: lab.tensor([N, T + 1, H], 'columns', (i) => all[i]),
      };
      const { da, db, dh, dhs, a, hs } = operands;
      await lab.holds(
        operands,
        () => lab.backend.recurrenceBackward(da, db, dh, dhs, a, hs),
        ({ dh, dhs }) => {
          const loss = (first: Values, a: Values, b: Values) => {
            const hs = recur(size, first, a, b);
            return dot(dhs, stepsOf(hs, size, T + 1, 1, T + 1)) + dot(dh, stepsOf(hs, size, T + 1, T, T + 1));
          };
          return {
            da: numericGradient((moved) => loss(first, moved, bs), as),
            db: numericGradient((moved) => loss(first, as, moved), bs),
            dh: numericGradient((moved) => loss(moved, as, bs), first),
          };
        },
        numericTolerance(lab),
      );
    }),
    'refuses shapes that do not fit, and ids': inLab(async (lab) => {
      const { da, db, dh, dhs, a, hs } = backwardOperands(lab, [2, 3, 5], 'whole', 'whole', 'whole');
      const { backend } = lab;
      const [wrong, flat, joined] = [lab.randn([2, 3, 4]), lab.randn([2, 4]), lab.randn([1, 8, 5])];
      const ids = lab.ints(lab.randomInts(5, [2, 3, 5]), [2, 3, 5]);
      for (const [kind, run] of [
        ['ShapeError', () => backend.recurrenceBackward(wrong, db, dh, dhs, a, hs)],
        ['ShapeError', () => backend.recurrenceBackward(da, wrong, dh, dhs, a, hs)],
        ['ShapeError', () => backend.recurrenceBackward(da, db, flat, dhs, a, hs)],
        ['ShapeError', () => backend.recurrenceBackward(da, db, dhs.slice(0, 1), dhs, a, hs)],
        ['ShapeError', () => backend.recurrenceBackward(da, db, dh, wrong, a, hs)],
        ['ShapeError', () => backend.recurrenceBackward(da, db, dh, dhs, wrong, hs)],
        ['ShapeError', () => backend.recurrenceBackward(da, db, dh, dhs, a, da)],
        ['ShapeError', () => backend.recurrenceBackward(da, db, dh, dhs, a, joined)],
        ['DTypeError', () => backend.recurrenceBackward(da, db, dh, ids, a, hs)],
      ] as const) {
        await expectError(kind, run);
      }
    }),
  },
};
