import { Random, type Tensor } from '@unroll/tensor';
import { tanhIn } from './cell-case.ts';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, type Lab, type Layout, layoutPairsOf, layoutsOf } from './lab.ts';
import { sigmoidOf } from './sigmoid-of.ts';

const shapes: readonly (readonly number[])[] = [
  [1],
  [7],
  [33],
  [1, 1],
  [1, 9],
  [9, 1],
  [3, 5],
  [16, 32],
  [2, 3, 4],
  [3, 5, 7],
];

/** Every shape, with each pair of layouts for two operands. */
const cases = shapes.flatMap((shape) => layoutPairsOf(shape).map((layouts) => ({ shape, layouts })));

/** Large enough to overflow an exponential, on both sides, and some between. */
const extremes = [-1e4, -800, -89, -30, -1, -0, 0, 1e-4, 1, 17, 89, 800, 1e4];

/** What a tanh gives, both ends among it. */
function tanhs(lab: Lab, shape: readonly number[], layout: Layout): Tensor {
  return lab.tensor(shape, layout, () => tanhIn(lab));
}

/** x (M, D) times factors (M) */
function scaledRows(x: readonly number[], factors: readonly number[]): number[] {
  const D = x.length / factors.length;
  return x.map((value, i) => value * factors[Math.floor(i / D)]);
}

function hasMask(seed: number, call: number, ratio: number): () => boolean {
  const words = new Random(seed, call);
  return () => words.uint32() >= ratio * 2 ** 32;
}

function holdDropout(
  lab: Lab,
  out: Tensor,
  x: Tensor,
  ratio: number,
  seed: number,
  call: number,
): Promise<void> {
  const kept = hasMask(seed, call, ratio);
  return lab.holds(
    { out, x },
    () => lab.backend.dropout(out, x, ratio, seed, call),
    ({ x }) => ({ out: x.map((value) => (kept() ? value / (1 - ratio) : 0)) }),
  );
}

/** Filling, copying, adding, and what else treats every element or row alike. */
export const elementwiseChecks: Checks<
  | 'fill'
  | 'copy'
  | 'add'
  | 'scale'
  | 'multiply'
  | 'scaleRows'
  | 'lerp'
  | 'sigmoid'
  | 'sigmoidBackward'
  | 'tanh'
  | 'tanhBackward'
  | 'dropout'
> = {
  fill: {
    'fills every element of every view': inLab(async (lab) => {
      for (const shape of shapes) {
        for (const layout of layoutsOf(shape)) {
          const x = lab.unset(shape, layout);
          await lab.holds(
            { x },
            () => lab.backend.fill(x, -2.5),
            ({ x }) => ({ x: x.map(() => -2.5) }),
          );
        }
      }
    }),
    'refuses memory that was given back': inLab(async (lab) => {
      const x = lab.randn([3]);
      x.dispose();
      await expectError('StateError', () => lab.backend.fill(x, 0));
    }),
  },
  copy: {
    'copies between all layouts, to the bit': inLab(async (lab) => {
      for (const { shape, layouts } of cases) {
        const [out, x] = [lab.unset(shape, layouts[0]), lab.randn(shape, layouts[1])];
        await lab.holds(
          { out, x },
          () => lab.backend.copy(out, x),
          ({ x }) => ({ out: x }),
          { rtol: 0, atol: 0 },
        );
      }
    }),
    'reads and writes transposed and reversed views': inLab(async (lab) => {
      const exact = { rtol: 0, atol: 0 };
      const pairs: [Tensor, Tensor][] = [
        [lab.unset([5, 3]), lab.randn([3, 5]).T],
        [lab.unset([5, 3]).T, lab.randn([3, 5])],
        [lab.unset([5, 3]).T, lab.randn([5, 3], 'columns').T],
        [lab.unset([4, 2, 3]), lab.randn([2, 3, 4], 'steps').T],
        [lab.unset([3, 4]), lab.randn([3, 4]).reversed],
        [lab.unset([3, 4]).reversed, lab.randn([3, 4], 'columns')],
        [lab.unset([3]), lab.randn([3, 4]).at(2)],
        [lab.unset([3, 4]).at(1), lab.randn([3])],
      ];
      for (const [out, x] of pairs) {
        await lab.holds(
          { out, x },
          () => lab.backend.copy(out, x),
          ({ x }) => ({ out: x }),
          exact,
        );
      }
    }),
    'copies ids': inLab(async (lab) => {
      const [out, x] = [lab.ints([0, 0, 0], [3]), lab.ints(lab.randomInts(100, [3, 4]), [3, 4])];
      await lab.holds(
        { out, x },
        () => lab.backend.copy(out, x.at(1)),
        ({ x }) => ({ out: [x[1], x[5], x[9]] }),
      );
    }),
    'refuses memory that was given back': inLab(async (lab) => {
      const [held, freed] = [lab.randn([3]), lab.randn([3])];
      freed.dispose();
      await expectError('StateError', () => lab.backend.copy(held, freed));
      await expectError('StateError', () => lab.backend.copy(freed, held));
    }),
    'refuses another shape and another type': inLab(async (lab) => {
      await expectError('ShapeError', () => lab.backend.copy(lab.randn([2, 3]), lab.randn([3, 2])));
      await expectError('DTypeError', () => lab.backend.copy(lab.randn([3]), lab.ints([1, 2, 3], [3])));
    }),
  },
  add: {
    'adds every element of every view': inLab(async (lab) => {
      for (const { shape, layouts } of cases) {
        const [out, x] = [lab.randn(shape, layouts[0]), lab.randn(shape, layouts[1])];
        await lab.holds(
          { out, x },
          () => lab.backend.add(out, x),
          ({ out, x }) => ({ out: out.map((value, i) => value + x[i]) }),
        );
      }
    }),
    'adds a multiple of every element of every view': inLab(async (lab) => {
      for (const factor of [1, 0, -0.3]) {
        for (const { shape, layouts } of cases) {
          const [out, x] = [lab.randn(shape, layouts[0]), lab.randn(shape, layouts[1])];
          await lab.holds(
            { out, x },
            () => lab.backend.add(out, x, factor),
            ({ out, x }) => ({ out: out.map((value, i) => value + factor * x[i]) }),
          );
        }
      }
    }),
    'refuses another shape, ids and a transposed view': inLab(async (lab) => {
      await expectError('ShapeError', () => lab.backend.add(lab.randn([2, 3]), lab.randn([3, 2])));
      await expectError('DTypeError', () => lab.backend.add(lab.ints([1, 2], [2]), lab.ints([1, 2], [2])));
      await expectError('ShapeError', () => lab.backend.add(lab.randn([2, 3]).T, lab.randn([3, 2])));
      await expectError('ShapeError', () => lab.backend.add(lab.randn([2, 3]), lab.randn([3, 2]).T));
    }),
  },
  scale: {
    'multiplies every element of every view': inLab(async (lab) => {
      for (const shape of shapes) {
        for (const layout of layoutsOf(shape)) {
          const out = lab.randn(shape, layout);
          await lab.holds(
            { out },
            () => lab.backend.scale(out, -0.3),
            ({ out }) => ({ out: out.map((value) => value * -0.3) }),
          );
        }
      }
    }),
  },
  multiply: {
    'multiplies two tensors element by element, in every view': inLab(async (lab) => {
      for (const { shape, layouts } of cases) {
        const out = lab.unset(shape, layouts[0]);
        const [a, b] = [lab.randn(shape, layouts[1]), lab.randn(shape, layouts[0])];
        await lab.holds(
          { out, a, b },
          () => lab.backend.multiply(out, a, b),
          ({ a, b }) => ({ out: a.map((value, i) => value * b[i]) }),
        );
      }
    }),
    'works in place, over a': inLab(async (lab) => {
      for (const { shape, layouts } of cases) {
        const [a, b] = [lab.randn(shape, layouts[0]), lab.randn(shape, layouts[1])];
        await lab.holds(
          { a, b },
          () => lab.backend.multiply(a, a, b),
          ({ a, b }) => ({ a: a.map((value, i) => value * b[i]) }),
        );
      }
    }),
    'refuses another shape, ids and a transposed view': inLab(async (lab) => {
      const { backend } = lab;
      const [out, x, other] = [lab.randn([2, 3]), lab.randn([2, 3]), lab.randn([3, 2])];
      for (const wrong of [other, other.T]) {
        await expectError('ShapeError', () => backend.multiply(wrong, x, x));
        await expectError('ShapeError', () => backend.multiply(out, wrong, x));
        await expectError('ShapeError', () => backend.multiply(out, x, wrong));
      }
      const ids = lab.ints(lab.randomInts(9, [2, 3]), [2, 3]);
      await expectError('DTypeError', () => backend.multiply(out, x, ids));
    }),
  },
  scaleRows: {
    'multiplies each row by its factor, factors as (M), (M, 1) and (N, T, 1), in every view': inLab(
      async (lab) => {
        for (const { shape, layouts } of cases) {
          const rows = shape.slice(0, -1).reduce((product, length) => product * length, 1);
          for (const factorShape of [
            [rows],
            [rows, 1],
            ...(shape.length === 3 ? [[shape[0], shape[1], 1]] : []),
          ]) {
            for (const factorLayout of layoutsOf(factorShape)) {
              const [out, x] = [lab.unset(shape, layouts[0]), lab.randn(shape, layouts[1])];
              const factors = lab.randn(factorShape, factorLayout);
              await lab.holds(
                { out, x, factors },
                () => lab.backend.scaleRows(out, x, factors),
                ({ x, factors }) => ({ out: scaledRows(x, factors) }),
              );
            }
          }
        }
      },
    ),
    'works in place, over x': inLab(async (lab) => {
      for (const shape of [
        [3, 5],
        [2, 3, 4],
      ]) {
        for (const layout of layoutsOf(shape)) {
          const x = lab.randn(shape, layout);
          const factors = lab.randn([...shape.slice(0, -1), 1], layout);
          await lab.holds(
            { x, factors },
            () => lab.backend.scaleRows(x, x, factors),
            ({ x, factors }) => ({ x: scaledRows(x, factors) }),
          );
        }
      }
    }),
    'refuses another shape, another number of factors, and ids': inLab(async (lab) => {
      const { backend } = lab;
      const [out, x, factors] = [lab.randn([2, 3]), lab.randn([2, 3]), lab.randn([2])];
      const other = lab.randn([3, 2]);
      for (const wrong of [other, other.T]) {
        await expectError('ShapeError', () => backend.scaleRows(wrong, x, factors));
        await expectError('ShapeError', () => backend.scaleRows(out, wrong, factors));
      }
      for (const wrong of [[3], [1], [2, 3], [1, 1]]) {
        await expectError('ShapeError', () => backend.scaleRows(out, x, lab.randn(wrong)));
      }
      await expectError('DTypeError', () => backend.scaleRows(out, x, lab.ints([1, 2], [2])));
    }),
  },
  lerp: {
    'moves every element of every view toward x by its weight': inLab(async (lab) => {
      for (const weight of [1, 0.25, 1e-3]) {
        for (const { shape, layouts } of cases) {
          const [out, x] = [lab.randn(shape, layouts[0]), lab.randn(shape, layouts[1])];
          await lab.holds(
            { out, x },
            () => lab.backend.lerp(out, x, weight),
            ({ out, x }) => ({ out: out.map((value, i) => value + weight * (x[i] - value)) }),
          );
        }
      }
    }),
    'leaves out as it is, to the bit, at weight 0 and where x is the same': inLab(async (lab) => {
      const [out, x] = [lab.randn([3, 5]), lab.randn([3, 5])];
      const same = lab.tensor([3, 5], 'columns', () => 0.1);
      const other = lab.tensor([3, 5], 'whole', () => 0.1);
      await lab.holds(
        { out, x, same, other },
        () => {
          lab.backend.lerp(out, x, 0);
          lab.backend.lerp(same, other, 0.7);
        },
        () => ({}),
      );
    }),
    'refuses another shape, ids and a transposed view': inLab(async (lab) => {
      const { backend } = lab;
      await expectError('ShapeError', () => backend.lerp(lab.randn([2, 3]), lab.randn([3, 2]), 0.5));
      await expectError('ShapeError', () => backend.lerp(lab.randn([2, 3]).T, lab.randn([3, 2]), 0.5));
      await expectError('DTypeError', () => backend.lerp(lab.randn([2]), lab.ints([1, 2], [2]), 0.5));
    }),
  },
  sigmoid: {
    'is 1 / (1 + exp(-x)) of every element': inLab(async (lab) => {
      for (const { shape, layouts } of cases) {
        const [out, x] = [lab.unset(shape, layouts[0]), lab.randn(shape, layouts[1], 4)];
        await lab.holds(
          { out, x },
          () => lab.backend.sigmoid(out, x),
          ({ x }) => ({ out: x.map(sigmoidOf) }),
        );
      }
    }),
    'neither overflows nor becomes NaN, up to 1e4 on both sides': inLab(async (lab) => {
      const shape = [extremes.length];
      const [out, x] = [lab.unset(shape), lab.tensor(shape, 'whole', (i) => extremes[i])];
      await lab.holds(
        { out, x },
        () => lab.backend.sigmoid(out, x),
        ({ x }) => ({ out: x.map(sigmoidOf) }),
      );
    }),
    'refuses another shape': inLab(async (lab) => {
      await expectError('ShapeError', () => lab.backend.sigmoid(lab.randn([2, 3]), lab.randn([6])));
    }),
  },
  sigmoidBackward: {
    'is dout * out * (1 - out)': inLab(async (lab) => {
      for (const { shape, layouts } of cases) {
        const dx = lab.unset(shape, layouts[0]);
        const [dout, out] = [lab.randn(shape, layouts[1]), lab.uniform(shape, layouts[0])];
        await lab.holds(
          { dx, dout, out },
          () => lab.backend.sigmoidBackward(dx, dout, out),
          ({ dout, out }) => ({ dx: dout.map((d, i) => d * out[i] * (1 - out[i])) }),
        );
      }
    }),
    'refuses another shape': inLab(async (lab) => {
      const [dx, dout, out] = [lab.randn([2, 3]), lab.randn([2, 3]), lab.randn([3, 2])];
      await expectError('ShapeError', () => lab.backend.sigmoidBackward(dx, dout, out));
    }),
  },
  tanh: {
    'is the tanh of every element, in every view': inLab(async (lab) => {
      for (const { shape, layouts } of cases) {
        const [out, x] = [lab.unset(shape, layouts[0]), lab.randn(shape, layouts[1], 4)];
        await lab.holds(
          { out, x },
          () => lab.backend.tanh(out, x),
          ({ x }) => ({ out: x.map(Math.tanh) }),
        );
      }
    }),
    'works in place': inLab(async (lab) => {
      for (const shape of shapes) {
        for (const layout of layoutsOf(shape)) {
          const x = lab.randn(shape, layout);
          await lab.holds(
            { x },
            () => lab.backend.tanh(x, x),
            ({ x }) => ({ x: x.map(Math.tanh) }),
          );
        }
      }
    }),
    'neither overflows nor becomes NaN, up to 1e4 on both sides': inLab(async (lab) => {
      const shape = [extremes.length];
      const [out, x] = [lab.unset(shape), lab.tensor(shape, 'whole', (i) => extremes[i])];
      await lab.holds(
        { out, x },
        () => lab.backend.tanh(out, x),
        ({ x }) => ({ out: x.map(Math.tanh) }),
      );
    }),
    'refuses another shape and ids': inLab(async (lab) => {
      await expectError('ShapeError', () => lab.backend.tanh(lab.randn([2, 3]), lab.randn([6])));
      await expectError('DTypeError', () => lab.backend.tanh(lab.randn([2]), lab.ints([1, 2], [2])));
    }),
  },
  tanhBackward: {
    'is dout * (1 - out^2)': inLab(async (lab) => {
      for (const { shape, layouts } of cases) {
        const dx = lab.unset(shape, layouts[0]);
        const [dout, out] = [lab.randn(shape, layouts[1]), tanhs(lab, shape, layouts[0])];
        await lab.holds(
          { dx, dout, out },
          () => lab.backend.tanhBackward(dx, dout, out),
          ({ dout, out }) => ({ dx: dout.map((d, i) => d * (1 - out[i] ** 2)) }),
        );
      }
    }),
    'works in place, over dout': inLab(async (lab) => {
      for (const { shape, layouts } of cases) {
        const [dout, out] = [lab.randn(shape, layouts[0]), tanhs(lab, shape, layouts[1])];
        await lab.holds(
          { dout, out },
          () => lab.backend.tanhBackward(dout, dout, out),
          ({ dout, out }) => ({ dout: dout.map((d, i) => d * (1 - out[i] ** 2)) }),
        );
      }
    }),
    'refuses another shape': inLab(async (lab) => {
      const [dx, dout, out] = [lab.randn([2, 3]), lab.randn([2, 3]), lab.randn([3, 2])];
      await expectError('ShapeError', () => lab.backend.tanhBackward(dx, dout, out));
      await expectError('ShapeError', () => lab.backend.tanhBackward(dx, out, dout));
    }),
  },
  dropout: {
    'keeps exactly what the Threefry stream of seed and call says, in every layout': inLab(async (lab) => {
      for (const [i, { shape, layouts }] of cases.entries()) {
        await holdDropout(lab, lab.unset(shape, layouts[0]), lab.randn(shape, layouts[1]), 0.5, 7, i);
      }
    }),
    'knows seeds up to 2^53 - 1 and calls up to 2^32 - 1': inLab(async (lab) => {
      for (const seed of [0, 1, 0xffffffff, 2 ** 32, 2 ** 40 + 7, 2 ** 53 - 1]) {
        for (const call of [0, 1, 0x80000000, 0xffffffff]) {
          await holdDropout(lab, lab.unset([5, 7]), lab.randn([5, 7]), 0.3, seed, call);
        }
      }
    }),
    'keeps everything at ratio 0, almost nothing near 1': inLab(async (lab) => {
      for (const ratio of [0, 0.1, 0.999]) {
        await holdDropout(lab, lab.unset([40, 50]), lab.randn([40, 50]), ratio, 3, 5);
      }
    }),
    'keeps the share that it should': inLab(async (lab) => {
      const [out, x] = [lab.unset([100, 100]), lab.tensor([100, 100], 'whole', () => 1)];
      lab.backend.dropout(out, x, 0.3, 11, 0);
      const kept = (await out.read()).filter((value) => value !== 0).length;
      // 7000 of 10,000, give or take six standard deviations of 46.
      if (Math.abs(kept - 7000) > 275) throw new Error(`expected about 7000 of 10,000 kept, got ${kept}`);
    }),
    'uses one mask for a seed and call, whatever the values: forward and backward agree': inLab(
      async (lab) => {
        const [out, x] = [lab.unset([6, 11]), lab.tensor([6, 11], 'columns', () => 2)];
        const [dx, dout] = [lab.unset([2, 3, 11]), lab.tensor([2, 3, 11], 'steps', () => -1)];
        lab.backend.dropout(out, x, 0.5, 42, 9);
        lab.backend.dropout(dx, dout, 0.5, 42, 9);
        const [forward, backward] = [await out.read(), await dx.read()];
        const differs = forward.findIndex((value, i) => (value === 0) !== (backward[i] === 0));
        if (differs >= 0) throw new Error(`expected one mask, got another at element ${differs}`);
      },
    ),
    'refuses another shape': inLab(async (lab) => {
      await expectError('ShapeError', () => lab.backend.dropout(lab.randn([2]), lab.randn([3]), 0.5, 0, 0));
    }),
  },
};
