import type { Tensor } from '@unroll/tensor';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, type Lab, layoutsOf } from './lab.ts';

/** Names of both kernels, since they differ only in what becomes of `out`. */
type Product = 'matmul' | 'addmm';

/** M, K and N of products of every kind: one row, odd sizes, and more than a block of any common size. */
const sizes: readonly (readonly [M: number, K: number, N: number])[] = [
  [1, 1, 1],
  [1, 7, 1],
  [1, 1, 9],
  [9, 1, 1],
  [3, 5, 2],
  [4, 4, 4],
  [5, 3, 9],
  [7, 13, 11],
  [8, 16, 24],
  [17, 31, 33],
  [64, 64, 64],
  [1, 100, 400],
  [3, 257, 5],
  [2, 600, 3],
  [2, 3, 513],
  [3, 4, 1100],
  [130, 3, 5],
  [6, 300, 530],
];

/** out, row after row, as the contract writes it */
function product(
  out: readonly number[],
  a: readonly number[],
  b: readonly number[],
  K: number,
  add: boolean,
): number[] {
  const N = (b.length / K) | 0;
  return out.map((before, i) => {
    const [m, n] = [Math.floor(i / N), i % N];
    let sum = add ? before : 0;
    for (let k = 0; k < K; k++) sum += a[m * K + k] * b[k * N + n];
    return sum;
  });
}

/** From -3 to 3: sums of their products are exact in any order, so that nothing but a wrong element makes a difference. */
function smallInt(lab: Lab): number {
  return lab.random.integer(7) - 3;
}

/** A matrix of small whole numbers in one of the layouts, or the transpose of one. */
function matrix(lab: Lab, rows: number, cols: number, layout: number): Tensor {
  const layouts = layoutsOf([rows, cols]);
  const inLayout = layouts[layout % layouts.length];
  const transposed = layout % (2 * layouts.length) >= layouts.length;
  const valueAt = () => smallInt(lab);
  return transposed
    ? lab.tensor([cols, rows], inLayout, valueAt).T
    : lab.tensor([rows, cols], inLayout, valueAt);
}

const ways = 2 * layoutsOf([1, 1]).length;

function runAndHold(lab: Lab, kernel: Product, out: Tensor, a: Tensor, b: Tensor): Promise<void> {
  return lab.holds(
    { out, a, b },
    () => lab.backend[kernel](out, a, b),
    (before) => ({ out: product(before.out, before.a, before.b, a.cols, kernel === 'addmm') }),
    { rtol: 0, atol: 0 },
  );
}

function checksOf(kernel: Product): Checks<Product>[Product] {
  return {
    'multiplies matrices of every size': inLab(async (lab) => {
      for (const [M, K, N] of sizes) {
        await runAndHold(lab, kernel, matrix(lab, M, N, 0), matrix(lab, M, K, 0), matrix(lab, K, N, 0));
      }
    }),
    'multiplies 1 to 32 rows': inLab(async (lab) => {
      for (let M = 1; M <= 32; M++) {
        await runAndHold(lab, kernel, matrix(lab, M, 21, 0), matrix(lab, M, 18, 0), matrix(lab, 18, 21, 0));
      }
    }),
    'multiplies operands in every layout, transposed or not': inLab(async (lab) => {
      for (let out = 0; out < ways; out++) {
        for (let a = 0; a < ways; a++) {
          for (let b = 0; b < ways; b++) {
            await runAndHold(lab, kernel, matrix(lab, 6, 7, out), matrix(lab, 6, 5, a), matrix(lab, 5, 7, b));
          }
        }
      }
    }),
    'multiplies operands of random sizes in random layouts': inLab(async (lab) => {
      const size = () => 1 + lab.random.integer(lab.random.integer(4) === 0 ? 90 : 12);
      for (let round = 0; round < 60; round++) {
        const [M, K, N] = [size(), size(), size()];
        const layout = () => lab.random.integer(ways);
        await runAndHold(
          lab,
          kernel,
          matrix(lab, M, N, layout()),
          matrix(lab, M, K, layout()),
          matrix(lab, K, N, layout()),
        );
      }
    }),
    'multiplies large transposed operands': inLab(async (lab) => {
      const transposed = ways / 2;
      await runAndHold(
        lab,
        kernel,
        matrix(lab, 9, 530, 0),
        matrix(lab, 9, 270, transposed),
        matrix(lab, 270, 530, 0),
      );
      await runAndHold(
        lab,
        kernel,
        matrix(lab, 9, 530, 0),
        matrix(lab, 9, 270, 0),
        matrix(lab, 270, 530, transposed),
      );
      await runAndHold(
        lab,
        kernel,
        matrix(lab, 530, 9, transposed),
        matrix(lab, 530, 270, 0),
        matrix(lab, 270, 9, 0),
      );
    }),
    'takes (N, T, D) as a matrix of N * T rows, in every layout': inLab(async (lab) => {
      const [N, T, D, H] = [3, 5, 7, 6];
      const valueAt = () => smallInt(lab);
      const W = lab.tensor([D, H], 'whole', valueAt);
      for (const layout of layoutsOf([N, T, D])) {
        for (const other of layoutsOf([N, T, H])) {
          const xs = lab.tensor([N, T, D], layout, valueAt);
          const ys = lab.tensor([N, T, H], other, valueAt);
          const dW = lab.tensor([D, H], 'whole', valueAt);
          await runAndHold(lab, kernel, ys, xs, W); // forward
          await runAndHold(lab, kernel, dW, xs.T, ys); // the gradient of W
          await runAndHold(lab, kernel, dW.T, ys.T, xs); // and of a weight that is used transposed
          await runAndHold(lab, kernel, xs, ys, W.T); // the gradient of xs
        }
      }
    }),
    'takes hs[:, :T] of a buffer (N, T + 1, H), whose rows follow two strides': inLab(async (lab) => {
      const [N, T, H] = [4, 3, 5];
      const valueAt = () => smallInt(lab);
      const hs = lab.tensor([N, T + 1, H], 'whole', valueAt);
      const gates = lab.tensor([N, T, 4 * H], 'whole', valueAt);
      const Wh = lab.tensor([H, 4 * H], 'whole', valueAt);
      await runAndHold(lab, kernel, Wh, hs.slice(0, T).T, gates);
      await runAndHold(lab, kernel, gates, hs.slice(1, T + 1), Wh);
      for (let t = 0; t < T; t++) await runAndHold(lab, kernel, gates.at(t), hs.at(t), Wh);
      for (let t = 0; t < T; t++) {
        const [of, from] = [gates.at(t).columns(H, 3 * H), Wh.columns(2 * H, 4 * H)];
        await runAndHold(lab, kernel, of, hs.at(t), from);
        await runAndHold(lab, kernel, hs.at(t), of, from.T);
      }
    }),
    'is as exact as its type': inLab(async (lab) => {
      const [M, K, N] = [5, 400, 9];
      const [out, a, b] = [lab.randn([M, N]), lab.randn([M, K]), lab.randn([K, N])];
      await lab.holds(
        { out, a, b },
        () => lab.backend[kernel](out, a, b),
        (before) => ({ out: product(before.out, before.a, before.b, K, kernel === 'addmm') }),
        lab.tolerance(K / 4),
      );
    }),
    'takes no memory while it runs, however often': inLab(async (lab) => {
      const [out, a, b] = [lab.randn([20, 600]), lab.randn([20, 300]), lab.randn([300, 600])];
      const { bytes } = lab.backend;
      for (let time = 0; time < 5; time++) {
        lab.backend[kernel](out, a, b);
        await out.read();
      }
      if (lab.backend.bytes !== bytes) throw new Error(`expected ${bytes} bytes, got ${lab.backend.bytes}`);
    }),
    'refuses memory that was given back': inLab(async (lab) => {
      for (const freed of [0, 1, 2]) {
        const operands = [lab.randn([2, 2]), lab.randn([2, 3]), lab.randn([3, 2])] as const;
        operands[freed].dispose();
        await expectError('StateError', () => lab.backend[kernel](...operands));
      }
    }),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const shapes: [number[], number[], number[]][] = [
        [
          [2, 4],
          [2, 3],
          [5, 4],
        ],
        [
          [2, 5],
          [2, 3],
          [3, 4],
        ],
        [
          [3, 4],
          [2, 3],
          [3, 4],
        ],
      ];
      for (const [out, a, b] of shapes) {
        await expectError('ShapeError', () =>
          lab.backend[kernel](lab.randn(out), lab.randn(a), lab.randn(b)),
        );
      }
    }),
  };
}

/** W (K, N), or the transpose of one, as a tied output layer has it. */
function weight(lab: Lab, K: number, N: number, tied: boolean): Tensor {
  const valueAt = () => smallInt(lab);
  return tied ? lab.tensor([N, K], 'whole', valueAt).T : lab.tensor([K, N], 'whole', valueAt);
}

/** Calls back with the operands of an affine layer in many sizes and layouts, all of small whole numbers. */
async function eachAffine(
  lab: Lab,
  hold: (operands: { x: Tensor; W: Tensor; b: Tensor; out: Tensor }) => Promise<void>,
): Promise<void> {
  const valueAt = () => smallInt(lab);
  for (const [M, K, N] of [...sizes, [150, 9, 20], [200, 5, 3]] as const) {
    for (const tied of [false, true]) {
      for (const [i, layout] of layoutsOf([M, K]).entries()) {
        await hold({
          x: lab.tensor([M, K], layout, valueAt),
          W: weight(lab, K, N, tied),
          b: lab.tensor([N], layoutsOf([N])[i % 2], valueAt),
          out: lab.tensor([M, N], layoutsOf([M, N])[(i + 1) % 3], valueAt),
        });
      }
    }
  }
  for (const layout of layoutsOf([3, 5, 7])) {
    for (const other of layoutsOf([3, 5, 6])) {
      const [x, out] = [lab.tensor([3, 5, 7], layout, valueAt), lab.tensor([3, 5, 6], other, valueAt)];
      await hold({ x, W: weight(lab, 7, 6, false), b: lab.tensor([6], 'whole', valueAt), out });
    }
  }
}

export const matmulChecks: Checks<Product | 'affine' | 'affineGrads'> = {
  affine: {
    'is x @ W + b, b on every row, whatever out held': inLab((lab) =>
      eachAffine(lab, async ({ x, W, b, out }) => {
        lab.backend.fill(out, Number.NaN);
        await lab.holds(
          { out, x, W, b },
          () => lab.backend.affine(out, x, W, b),
          (before) => ({
            out: product(before.out, before.x, before.W, x.cols, false).map(
              (sum, i) => sum + before.b[i % W.cols],
            ),
          }),
          { rtol: 0, atol: 0 },
        );
      }),
    ),
    'refuses a b of another length': inLab(async (lab) => {
      const [out, x, W] = [lab.randn([2, 4]), lab.randn([2, 3]), lab.randn([3, 4])];
      await expectError('ShapeError', () => lab.backend.affine(out, x, W, lab.randn([3])));
    }),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const [out, x, b] = [lab.randn([2, 4]), lab.randn([2, 3]), lab.randn([4])];
      await expectError('ShapeError', () => lab.backend.affine(out, x, lab.randn([2, 4]), b));
    }),
  },
  affineGrads: {
    'adds x.T @ dout to dW and the sum of the rows of dout to db': inLab((lab) =>
      eachAffine(lab, async ({ x, W, b, out }) => {
        await lab.holds(
          { dW: W, db: b, x, dout: out },
          () => lab.backend.affineGrads(W, b, x, out),
          (before) => {
            const [M, N] = [x.rows, W.cols];
            const xT = before.x.map((_, i) => before.x[(i % M) * x.cols + Math.floor(i / M)]);
            return {
              dW: product(before.dW, xT, before.dout, M, true),
              db: before.db.map((sum, n) => {
                for (let m = 0; m < M; m++) sum += before.dout[m * N + n];
                return sum;
              }),
            };
          },
          { rtol: 0, atol: 0 },
        );
      }),
    ),
    'refuses a db of another length': inLab(async (lab) => {
      const [dW, x, dout] = [lab.randn([3, 4]), lab.randn([2, 3]), lab.randn([2, 4])];
      await expectError('ShapeError', () => lab.backend.affineGrads(dW, lab.randn([3]), x, dout));
    }),
    'refuses shapes that do not fit': inLab(async (lab) => {
      const [x, db, dout] = [lab.randn([2, 3]), lab.randn([4]), lab.randn([2, 4])];
      await expectError('ShapeError', () => lab.backend.affineGrads(lab.randn([4, 3]), db, x, dout));
    }),
  },
  matmul: {
    ...checksOf('matmul'),
    'fills out, whatever it held': inLab(async (lab) => {
      for (const K of [3, 300]) {
        const valueAt = () => smallInt(lab);
        const [a, b] = [lab.tensor([5, K], 'whole', valueAt), lab.tensor([K, 6], 'whole', valueAt)];
        await runAndHold(lab, 'matmul', lab.unset([5, 6]), a, b);
        await runAndHold(lab, 'matmul', lab.unset([6, 5]).T, a, b);
      }
    }),
  },
  addmm: checksOf('addmm'),
};
