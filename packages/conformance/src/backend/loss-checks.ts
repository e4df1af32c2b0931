import type { Tensor } from '@unroll/tensor';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, type Lab, type Layout, layoutsOf } from './lab.ts';
import { numericGradient, numericTolerance } from './numeric-gradient.ts';
import { sigmoidOf } from './sigmoid-of.ts';

/** Rows and vocabulary sizes; the rows are the axes of the labels. */
const sizes: readonly (readonly [rows: readonly number[], V: number])[] = [
  [[1], 1],
  [[5], 3],
  [[2, 3], 10],
  [[3, 4], 33],
  [[4, 5], 700],
];

/** Scores that overflow every exponential unless the greatest is taken off first. */
const extremes = [-1e4, -9999, -800, -90, 0, 1, 90, 800, 9999, 1e4];

function extremeScores(lab: Lab, shape: readonly number[]): Tensor {
  return lab.tensor(shape, 'whole', () => extremes[lab.random.integer(extremes.length)]);
}

/** Labels below V, about every third of them ignored. */
function someLabels(
  lab: Lab,
  shape: readonly number[],
  V: number,
  ignoreLabel: number,
  layout: Layout,
): Tensor {
  const labels = lab.randomInts(V, shape).map((label) => (lab.random.integer(3) === 0 ? ignoreLabel : label));
  labels[0] = V - 1;
  return lab.ints(labels, shape, layout);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rowsOf(scores: readonly number[], V: number): number[][] {
  return Array.from({ length: scores.length / V }, (_, row) => scores.slice(row * V, (row + 1) * V));
}

/** The greatest score of a row, and the sum of what all are, as exponentials, beside it. */
function normalizerOf(row: readonly number[]): [greatest: number, sum: number] {
  const greatest = Math.max(...row);
  return [greatest, row.reduce((sum, score) => sum + Math.exp(score - greatest), 0)];
}

/** What a row of scores loses against its target, in which the label has 1 - smoothing and all of the row share the rest. */
function rowLoss(row: readonly number[], label: number, smoothing: number): number {
  const [greatest, sum] = normalizerOf(row);
  return row.reduce(
    (loss, score, j) => loss - targetAt(j, label, smoothing, row.length) * (score - greatest),
    Math.log(sum),
  );
}

function targetAt(j: number, label: number, smoothing: number, V: number): number {
  return (j === label ? 1 - smoothing : 0) + smoothing / V;
}

/** loss, count and normalizers must come out as the contract says, from whatever they held before. */
async function holdSoftmax(
  lab: Lab,
  scores: Tensor,
  ts: Tensor,
  ignoreLabel: number,
  scale = 1,
  smoothing?: number,
): Promise<{ normalizers: Tensor; count: Tensor }> {
  const [loss, count, normalizers] = [lab.unset([1]), lab.unset([1]), lab.unset([scores.rows, 2])];
  await lab.holds(
    { loss, count, normalizers, scores, ts },
    () => lab.backend.softmaxCrossEntropy(loss, count, normalizers, scores, ts, ignoreLabel, smoothing),
    ({ scores: values, ts }) => {
      const rows = rowsOf(values, scores.cols);
      const counted = [...ts.keys()].filter((row) => ts[row] !== ignoreLabel);
      return {
        loss: [mean(counted.map((row) => rowLoss(rows[row], ts[row], smoothing ?? 0)))],
        count: [counted.length],
        normalizers: rows.flatMap((row, i) =>
          ts[i] === ignoreLabel ? [undefined, undefined] : normalizerOf(row),
        ),
      };
    },
    lab.tolerance(scale),
  );
  return { normalizers, count };
}

async function holdSoftmaxBackward(
  lab: Lab,
  dscores: Tensor,
  scores: Tensor,
  ts: Tensor,
  ignoreLabel: number,
  dout: number,
  scale = 1,
  smoothing?: number,
): Promise<void> {
  const { normalizers, count } = await holdSoftmax(lab, scores, ts, ignoreLabel, 20 * scale, smoothing);
  const V = scores.cols;
  // Twice: backward must not use up what forward kept.
  for (let time = 0; time < 2; time++) {
    await lab.holds(
      { dscores, scores, normalizers, ts, count },
      () =>
        lab.backend.softmaxCrossEntropyBackward(
          dscores,
          scores,
          normalizers,
          ts,
          count,
          ignoreLabel,
          dout,
          smoothing,
        ),
      ({ scores, ts }) => {
        const counted = ts.filter((label) => label !== ignoreLabel).length;
        return {
          dscores: rowsOf(scores, V).flatMap((row, i) => {
            const [greatest, sum] = normalizerOf(row);
            return row.map((score, j) => {
              if (ts[i] === ignoreLabel) return 0;
              const target = targetAt(j, ts[i], smoothing ?? 0, V);
              return ((Math.exp(score - greatest) / sum - target) * dout) / counted;
            });
          }),
        };
      },
      lab.tolerance(scale),
    );
  }
}

/** -log(sigmoid(x)) = log(1 + exp(-x)), which is -x to the last digit where the exponential overflows. */
function minusLogSigmoid(x: number): number {
  return x < -700 ? -x : Math.log1p(Math.exp(-x));
}

async function holdSigmoid(
  lab: Lab,
  scores: Tensor,
  ts: Tensor,
  ignoreLabel: number,
): Promise<{ count: Tensor }> {
  const [loss, count] = [lab.unset([1]), lab.unset([1])];
  await lab.holds(
    { loss, count, scores, ts },
    () => lab.backend.sigmoidCrossEntropy(loss, count, scores, ts, ignoreLabel),
    ({ scores, ts }) => {
      const counted = [...ts.keys()].filter((i) => ts[i] !== ignoreLabel);
      return {
        loss: [mean(counted.map((i) => minusLogSigmoid(ts[i] === 1 ? scores[i] : -scores[i])))],
        count: [counted.length],
      };
    },
  );
  return { count };
}

async function holdSigmoidBackward(
  lab: Lab,
  dscores: Tensor,
  scores: Tensor,
  ts: Tensor,
  ignoreLabel: number,
  dout: number,
): Promise<void> {
  const { count } = await holdSigmoid(lab, scores, ts, ignoreLabel);
  for (let time = 0; time < 2; time++) {
    await lab.holds(
      { dscores, scores, ts, count },
      () => lab.backend.sigmoidCrossEntropyBackward(dscores, scores, ts, count, ignoreLabel, dout),
      ({ scores, ts }) => {
        const counted = ts.filter((label) => label !== ignoreLabel).length;
        return {
          dscores: scores.map((score, i) =>
            ts[i] === ignoreLabel ? 0 : ((sigmoidOf(score) - ts[i]) * dout) / counted,
          ),
        };
      },
    );
  }
}

const sigmoidShapes: readonly (readonly number[])[] = [[1], [7], [3, 5], [20, 35]];

export const lossChecks: Checks<
  | 'softmaxCrossEntropy'
  | 'softmaxCrossEntropyBackward'
  | 'sigmoidCrossEntropy'
  | 'sigmoidCrossEntropyBackward'
> = {
  softmaxCrossEntropy: {
    'is the mean over the counted rows, in every layout': inLab(async (lab) => {
      for (const [rows, V] of sizes) {
        for (const layout of layoutsOf([...rows, V])) {
          for (const labelLayout of layoutsOf(rows)) {
            const scores = lab.randn([...rows, V], layout, 3);
            await holdSoftmax(lab, scores, someLabels(lab, rows, V, -1, labelLayout), -1, 20);
          }
        }
      }
    }),
    'ignores any label that it is told to, also one of the vocabulary': inLab(async (lab) => {
      for (const ignoreLabel of [0, 3, -100]) {
        const scores = lab.randn([6, 8]);
        await holdSoftmax(lab, scores, someLabels(lab, [6], 8, ignoreLabel, 'whole'), ignoreLabel, 10);
      }
    }),
    'neither overflows nor becomes NaN, for scores up to 1e4 on both sides': inLab(async (lab) => {
      const scores = extremeScores(lab, [9, 12]);
      await holdSoftmax(lab, scores, someLabels(lab, [9], 12, -1, 'whole'), -1, 1e4);
    }),
    'shares what smoothing takes from the label among all of the vocabulary': inLab(async (lab) => {
      for (const smoothing of [0, 0.1, 1]) {
        for (const [rows, V] of sizes) {
          for (const layout of layoutsOf([...rows, V])) {
            const scores = lab.randn([...rows, V], layout, 3);
            await holdSoftmax(lab, scores, someLabels(lab, rows, V, -1, 'whole'), -1, 20, smoothing);
          }
        }
        const scores = extremeScores(lab, [9, 12]);
        await holdSoftmax(lab, scores, someLabels(lab, [9], 12, -1, 'whole'), -1, 1e4, smoothing);
      }
    }),
    'is 0, of a count of 0, when all labels are ignored': inLab(async (lab) => {
      await holdSoftmax(lab, lab.randn([2, 2, 5]), lab.ints([-1, -1, -1, -1], [2, 2]), -1);
    }),
    'refuses labels outside of the vocabulary': inLab(async (lab) => {
      for (const wrong of [-2, 5, 2 ** 31 - 1]) {
        const [loss, count, normalizers] = [lab.unset([1]), lab.unset([1]), lab.unset([3, 2])];
        const [scores, ts] = [lab.randn([3, 5]), lab.ints([4, wrong, -1], [3])];
        await expectError('ValueError', async () => {
          lab.backend.softmaxCrossEntropy(loss, count, normalizers, scores, ts, -1);
          await loss.read();
        });
      }
    }),
    'refuses another number of labels than of rows': inLab(async (lab) => {
      const [loss, count, normalizers] = [lab.unset([1]), lab.unset([1]), lab.unset([3, 2])];
      const [scores, ts] = [lab.randn([3, 5]), lab.ints([1, 2], [2])];
      await expectError('ShapeError', () =>
        lab.backend.softmaxCrossEntropy(loss, count, normalizers, scores, ts, -1),
      );
    }),
  },
  softmaxCrossEntropyBackward: {
    'is (softmax - target) * dout / count with smoothing too, in counted rows': inLab(async (lab) => {
      for (const smoothing of [0, 0.1, 1]) {
        for (const [rows, V] of sizes) {
          const layouts = layoutsOf([...rows, V]);
          for (const [i, layout] of layouts.entries()) {
            const dscores = lab.unset([...rows, V], layouts[(i + 1) % layouts.length]);
            const scores = lab.randn([...rows, V], layout, 3);
            const ts = someLabels(lab, rows, V, -1, 'whole');
            await holdSoftmaxBackward(lab, dscores, scores, ts, -1, -0.5, 1, smoothing);
          }
        }
      }
    }),
    'is the gradient that central differences give, with smoothing and without': inLab(async (lab) => {
      const [N, V, ignoreLabel] = [4, 6, -1];
      for (const smoothing of [0, 0.1, 0.5]) {
        const [dscores, scores] = [lab.unset([N, V]), lab.randn([N, V], 'whole', 2)];
        const ts = lab.ints([5, ignoreLabel, 0, 3], [N]);
        const { normalizers, count } = await holdSoftmax(lab, scores, ts, ignoreLabel, 20, smoothing);
        await lab.holds(
          { dscores, scores, normalizers, ts, count },
          () =>
            lab.backend.softmaxCrossEntropyBackward(
              dscores,
              scores,
              normalizers,
              ts,
              count,
              ignoreLabel,
              1,
              smoothing,
            ),
          ({ scores, ts }) => ({
            dscores: numericGradient((moved) => {
              const losses = rowsOf(moved, V).map((row, i) => rowLoss(row, ts[i], smoothing));
              return mean(losses.filter((_, i) => ts[i] !== ignoreLabel));
            }, scores),
          }),
          numericTolerance(lab),
        );
      }
    }),
    'is (softmax - 1 at the label) * dout / count in counted rows, 0 in the others, as often as it is called':
      inLab(async (lab) => {
        for (const [rows, V] of sizes) {
          const layouts = layoutsOf([...rows, V]);
          for (const [i, layout] of layouts.entries()) {
            const dscores = lab.unset([...rows, V], layouts[(i + 1) % layouts.length]);
            const scores = lab.randn([...rows, V], layout, 3);
            const ts = someLabels(lab, rows, V, -1, layoutsOf(rows)[i % rows.length]);
            await holdSoftmaxBackward(lab, dscores, scores, ts, -1, i === 0 ? 1 : -0.5);
          }
        }
      }),
    'works in place': inLab(async (lab) => {
      for (const [V, smoothing] of [1, 5, 33].flatMap((V) => [[V], [V, 0.1]])) {
        const [loss, count, normalizers] = [lab.unset([1]), lab.unset([1]), lab.unset([4, 2])];
        const [scores, ts] = [lab.randn([4, V]), lab.ints([0, -1, V - 1, 0], [4])];
        const dscores = lab.unset([4, V]);
        lab.backend.softmaxCrossEntropy(loss, count, normalizers, scores, ts, -1, smoothing);
        lab.backend.softmaxCrossEntropyBackward(dscores, scores, normalizers, ts, count, -1, 1, smoothing);
        const apart = [...(await dscores.read())];
        await lab.holds(
          { scores, normalizers, ts, count },
          () =>
            lab.backend.softmaxCrossEntropyBackward(scores, scores, normalizers, ts, count, -1, 1, smoothing),
          () => ({ scores: apart }),
          { rtol: 0, atol: 0 },
        );
      }
    }),
    'stays finite for scores up to 1e4 on both sides': inLab(async (lab) => {
      const [dscores, scores] = [lab.unset([9, 12]), extremeScores(lab, [9, 12])];
      await holdSoftmaxBackward(lab, dscores, scores, someLabels(lab, [9], 12, -1, 'whole'), -1, 1);
    }),
    'is exact for scores of any size that lie close together': inLab(async (lab) => {
      for (const score of [1e5, 1e8, -1e8, 1e30]) {
        const scores = lab.tensor([4, 10], 'whole', () => score);
        await holdSoftmaxBackward(lab, lab.unset([4, 10]), scores, lab.ints([0, 9, -1, 3], [4]), -1, 1);
      }
    }),
    'is 0 everywhere when all labels are ignored': inLab(async (lab) => {
      const ts = lab.ints([7, 7, 7], [3]);
      await holdSoftmaxBackward(lab, lab.unset([3, 9]), lab.randn([3, 9]), ts, 7, 1);
    }),
    'refuses labels outside of the vocabulary, which forward has not seen': inLab(async (lab) => {
      for (const wrong of [-2, 5, 2 ** 31 - 1]) {
        const [dscores, scores, ts] = [lab.unset([3, 5]), lab.randn([3, 5]), lab.ints([4, 0, -1], [3])];
        const { normalizers, count } = await holdSoftmax(lab, scores, ts, -1);
        ts.write([4, wrong, -1]);
        await expectError('ValueError', async () => {
          lab.backend.softmaxCrossEntropyBackward(dscores, scores, normalizers, ts, count, -1, 1);
          await dscores.read();
        });
      }
    }),
    'refuses another shape': inLab(async (lab) => {
      const [normalizers, count, ts] = [lab.randn([3, 2]), lab.randn([1]), lab.ints([1, 2, 0], [3])];
      const { backend } = lab;
      await expectError('ShapeError', () =>
        backend.softmaxCrossEntropyBackward(
          lab.randn([3, 4]),
          lab.randn([3, 5]),
          normalizers,
          ts,
          count,
          -1,
          1,
        ),
      );
      await expectError('ShapeError', () =>
        backend.softmaxCrossEntropyBackward(
          lab.randn([2, 5]),
          lab.randn([2, 5]),
          normalizers,
          ts,
          count,
          -1,
          1,
        ),
      );
    }),
  },
  sigmoidCrossEntropy: {
    'is the mean over the counted labels, in every layout': inLab(async (lab) => {
      for (const shape of sigmoidShapes) {
        for (const layout of layoutsOf(shape)) {
          for (const labelLayout of layoutsOf(shape)) {
            const ts = someLabels(lab, shape, 2, -1, labelLayout);
            await holdSigmoid(lab, lab.randn(shape, layout, 3), ts, -1);
          }
        }
      }
    }),
    'neither overflows nor becomes NaN, for scores up to 1e4 on both sides': inLab(async (lab) => {
      for (const label of [0, 1]) {
        const scores = lab.tensor([extremes.length], 'whole', (i) => extremes[i]);
        await holdSigmoid(
          lab,
          scores,
          lab.ints(
            extremes.map(() => label),
            [extremes.length],
          ),
          -1,
        );
      }
    }),
    'is 0, of a count of 0, when all labels are ignored': inLab(async (lab) => {
      await holdSigmoid(lab, lab.randn([3]), lab.ints([-1, -1, -1], [3]), -1);
    }),
    'refuses labels that are neither 0 nor 1 nor ignored': inLab(async (lab) => {
      for (const wrong of [-2, 2, 2 ** 31 - 1]) {
        const [loss, count] = [lab.unset([1]), lab.unset([1])];
        const [scores, ts] = [lab.randn([3]), lab.ints([1, wrong, -1], [3])];
        await expectError('ValueError', async () => {
          lab.backend.sigmoidCrossEntropy(loss, count, scores, ts, -1);
          await loss.read();
        });
      }
    }),
    'refuses another shape': inLab(async (lab) => {
      const [loss, count] = [lab.unset([1]), lab.unset([1])];
      const [scores, ts] = [lab.randn([3]), lab.ints([1, 0], [2])];
      await expectError('ShapeError', () => lab.backend.sigmoidCrossEntropy(loss, count, scores, ts, -1));
    }),
  },
  sigmoidCrossEntropyBackward: {
    'is (sigmoid - label) * dout / count where counted, 0 elsewhere, as often as it is called': inLab(
      async (lab) => {
        for (const shape of sigmoidShapes) {
          const layouts = layoutsOf(shape);
          for (const [i, layout] of layouts.entries()) {
            const other = layouts[(i + 1) % layouts.length];
            const [dscores, scores] = [lab.unset(shape, other), lab.randn(shape, layout, 3)];
            const ts = someLabels(lab, shape, 2, -1, other);
            await holdSigmoidBackward(lab, dscores, scores, ts, -1, i === 0 ? 1 : -0.5);
          }
        }
      },
    ),
    'stays finite for scores up to 1e4 on both sides': inLab(async (lab) => {
      const shape = [extremes.length];
      const [dscores, scores] = [lab.unset(shape), lab.tensor(shape, 'whole', (i) => extremes[i])];
      await holdSigmoidBackward(lab, dscores, scores, lab.ints(lab.randomInts(2, shape), shape), -1, 1);
    }),
    'is 0 everywhere when all labels are ignored': inLab(async (lab) => {
      await holdSigmoidBackward(lab, lab.unset([3]), lab.randn([3]), lab.ints([7, 7, 7], [3]), 7, 1);
    }),
    'refuses another shape': inLab(async (lab) => {
      const [count, ts] = [lab.randn([1]), lab.ints([1, 0, 1], [3])];
      const { backend } = lab;
      await expectError('ShapeError', () =>
        backend.sigmoidCrossEntropyBackward(lab.randn([2]), lab.randn([3]), ts, count, -1, 1),
      );
      await expectError('ShapeError', () =>
        backend.sigmoidCrossEntropyBackward(lab.randn([2]), lab.randn([2]), ts, count, -1, 1),
      );
    }),
  },
};
