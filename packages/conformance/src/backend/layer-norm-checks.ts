import { sizeOf, type Tensor } from '@unroll/tensor';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, type Lab, type Layout, layoutPairsOf, layoutsOf } from './lab.ts';
import { dot, numericGradient, numericTolerance } from './numeric-gradient.ts';

const shapes: readonly (readonly number[])[] = [[1], [7], [9, 1], [3, 5], [40, 33], [2, 3, 10], [3, 2, 700]];

/** Every shape, with each pair of layouts for two operands, and one for the vectors. */
const cases = shapes.flatMap((shape) =>
  layoutPairsOf(shape).map((layouts, i) => ({ shape, layouts, vector: layoutsOf([1])[i % 2] })),
);

const eps = 1e-5;

/** Of each row, its mean and 1 / sqrt(variance + eps). */
function statsOf(x: readonly number[], D: number): [mean: number, rate: number][] {
  return Array.from({ length: x.length / D }, (_, row) => {
    const values = x.slice(row * D, (row + 1) * D);
    const mean = values.reduce((sum, value) => sum + value, 0) / D;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / D;
    return [mean, 1 / Math.sqrt(variance + eps)];
  });
}

function normalize(x: readonly number[], D: number): number[] {
  const stats = statsOf(x, D);
  return x.map((value, i) => {
    const [mean, rate] = stats[Math.floor(i / D)];
    return (value - mean) * rate;
  });
}

function layerNorm(x: readonly number[], gain: readonly number[], bias: readonly number[]): number[] {
  const D = gain.length;
  return normalize(x, D).map((y, i) => y * gain[i % D] + bias[i % D]);
}

/** The sums over all rows, added to what is there. */
function addRows(to: readonly number[], rows: readonly number[]): number[] {
  const sums = [...to];
  for (const [i, value] of rows.entries()) sums[i % to.length] += value;
  return sums;
}

function times(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value * b[i]);
}

/** The mean of each row, as often as the row has elements. */
function rowMeans(x: readonly number[], D: number): number[] {
  return x.map((_, i) => {
    const start = i - (i % D);
    return x.slice(start, start + D).reduce((sum, value) => sum + value, 0) / D;
  });
}

async function holdForward(lab: Lab, x: Tensor, layout: Layout, vector: Layout, scale = 10): Promise<void> {
  const D = x.cols;
  const [out, stats] = [
    lab.unset(x.shape, layout),
    lab.unset([x.rows, 2], layoutsOf([x.rows, 2])[x.rows % 3]),
  ];
  const [gain, bias] = [lab.uniform([D], vector), lab.randn([D], vector)];
  await lab.holds(
    { out, stats, x, gain, bias },
    () => lab.backend.layerNorm(out, stats, x, gain, bias, eps),
    ({ x, gain, bias }) => ({ out: layerNorm(x, gain, bias), stats: statsOf(x, D).flat() }),
    lab.tolerance(scale),
  );
}

/** Operands of the backward kernel, with stats as forward keeps them. */
function backwardOperands(
  lab: Lab,
  shape: readonly number[],
  [layout, other]: readonly [Layout, Layout],
  vector: Layout,
): Record<'dx' | 'dgain' | 'dbias' | 'dout' | 'x' | 'stats' | 'gain', Tensor> {
  const D = shape[shape.length - 1];
  const values = Array.from({ length: sizeOf(shape) }, () => Math.fround(lab.random.normal() * 3));
  const stats = statsOf(values, D).flat();
  return {
    dx: lab.unset(shape, other),
    dgain: lab.randn([D], vector),
    dbias: lab.randn([D], vector),
    dout: lab.randn(shape, other),
    x: lab.tensor(shape, layout, (i) => values[i]),
    stats: lab.tensor([stats.length / 2, 2], vector, (i) => stats[i]),
    gain: lab.uniform([D], vector),
  };
}

export const layerNormChecks: Checks<'layerNorm' | 'layerNormBackward'> = {
  layerNorm: {
    'gives each row the mean and deviation that gain and bias say, and keeps those that it had': inLab(
      async (lab) => {
        for (const { shape, layouts, vector } of cases) {
          await holdForward(lab, lab.randn(shape, layouts[0], 3), layouts[1], vector);
        }
      },
    ),
    'is the bias where all numbers of a row are the same': inLab(async (lab) => {
      for (const value of [0, 0.1, -10]) {
        for (const D of [1, 7, 33, 700]) {
          const x = lab.tensor([3, D], 'whole', () => value);
          await holdForward(lab, x, 'whole', 'whole', 100);
        }
      }
    }),
    'keeps small differences between numbers far from zero': inLab(async (lab) => {
      for (const shape of [
        [3, 5],
        [2, 700],
      ]) {
        const x = lab.tensor(shape, 'whole', () => 1000 + lab.random.normal());
        await holdForward(lab, x, 'columns', 'whole', 100);
      }
    }),
    'refuses shapes that do not fit, and ids': inLab(async (lab) => {
      const [out, stats, x] = [lab.randn([3, 5]), lab.randn([3, 2]), lab.randn([3, 5])];
      const [gain, bias] = [lab.randn([5]), lab.randn([5])];
      const { backend } = lab;
      for (const wrong of [lab.randn([5, 3]), lab.randn([3, 5]).T, lab.randn([3, 4])]) {
        await expectError('ShapeError', () => backend.layerNorm(wrong, stats, x, gain, bias, eps));
        await expectError('ShapeError', () => backend.layerNorm(out, stats, wrong, gain, bias, eps));
      }
      for (const wrong of [lab.randn([2, 2]), lab.randn([3, 1])]) {
        await expectError('ShapeError', () => backend.layerNorm(out, wrong, x, gain, bias, eps));
      }
      await expectError('ShapeError', () => backend.layerNorm(out, stats, x, lab.randn([4]), bias, eps));
      await expectError('ShapeError', () => backend.layerNorm(out, stats, x, gain, lab.randn([3]), eps));
      const ids = lab.ints([1, 2, 3, 4, 5], [5]);
      await expectError('DTypeError', () => backend.layerNorm(out, stats, x, ids, bias, eps));
    }),
  },
  layerNormBackward: {
    'gives dx from dout, adds to dgain and dbias, and leaves the rest': inLab(async (lab) => {
      for (const { shape, layouts, vector } of cases) {
        const operands = backwardOperands(lab, shape, layouts, vector);
        const { dx, dgain, dbias, dout, x, stats, gain } = operands;
        await lab.holds(
          operands,
          () => lab.backend.layerNormBackward(dx, dgain, dbias, dout, x, stats, gain),
          ({ dgain, dbias, dout, x, gain }) => {
            const D = gain.length;
            const rates = statsOf(x, D).map(([, rate]) => rate);
            const y = normalize(x, D);
            const dy = dout.map((d, i) => d * gain[i % D]);
            // What moves the mean of a row, or its deviation, is taken away again.
            const [shift, stretch] = [rowMeans(dy, D), rowMeans(times(dy, y), D)];
            return {
              dx: dy.map((d, i) => rates[Math.floor(i / D)] * (d - shift[i] - y[i] * stretch[i])),
              dgain: addRows(dgain, times(dout, y)),
              dbias: addRows(dbias, dout),
            };
          },
          lab.tolerance(10),
        );
      }
    }),
    'gives the gradients that central differences give': inLab(async (lab) => {
      for (const shape of [
        [1, 9],
        [3, 5],
        [2, 3, 4],
      ]) {
        const operands = backwardOperands(lab, shape, ['whole', 'whole'], 'columns');
        const { dx, dgain, dbias, dout, x, stats, gain } = operands;
        await lab.holds(
          operands,
          () => lab.backend.layerNormBackward(dx, dgain, dbias, dout, x, stats, gain),
          ({ dgain, dbias, dout, x, gain }) => {
            const loss = (x: readonly number[], gain: readonly number[], bias: readonly number[]) =>
              dot(dout, layerNorm(x, gain, bias));
            const bias = gain.map(() => 0);
            return {
              dx: numericGradient((moved) => loss(moved, gain, bias), x),
              dgain: addRows(
                dgain,
                numericGradient((moved) => loss(x, moved, bias), gain),
              ),
              dbias: addRows(
                dbias,
                numericGradient((moved) => loss(x, gain, moved), bias),
              ),
            };
          },
          numericTolerance(lab),
        );
      }
    }),
    'refuses shapes that do not fit, and ids': inLab(async (lab) => {
      const { dx, dgain, dbias, dout, x, stats, gain } = backwardOperands(
        lab,
        [3, 5],
        ['whole', 'whole'],
        'whole',
      );
      const { backend } = lab;
      const wrong = lab.randn([5, 3]);
      const four = lab.randn([4]);
      for (const [kind, run] of [
        ['ShapeError', () => backend.layerNormBackward(wrong, dgain, dbias, dout, x, stats, gain)],
        ['ShapeError', () => backend.layerNormBackward(dx, four, dbias, dout, x, stats, gain)],
        ['ShapeError', () => backend.layerNormBackward(dx, dgain, four, dout, x, stats, gain)],
        ['ShapeError', () => backend.layerNormBackward(dx, dgain, dbias, wrong, x, stats, gain)],
        ['ShapeError', () => backend.layerNormBackward(dx, dgain, dbias, dout, wrong, stats, gain)],
        ['ShapeError', () => backend.layerNormBackward(dx, dgain, dbias, dout, x, wrong, gain)],
        ['ShapeError', () => backend.layerNormBackward(dx, dgain, dbias, dout, x, stats, four)],
        [
          'DTypeError',
          () => backend.layerNormBackward(dx, dgain, dbias, dout, x, stats, lab.ints([1, 2, 3, 4, 5], [5])),
        ],
      ] as const) {
        await expectError(kind, run);
      }
    }),
  },
};
