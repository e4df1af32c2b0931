import { gradientCheck, toBeAllClose } from '@unroll/conformance';
import { findCase } from '@unroll/fixtures/find-case';
import {
  DTypeError,
  Random,
  ReferenceBackend,
  randn,
  type Shape,
  ShapeError,
  StateError,
  sizeOf,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it } from 'vitest';

expect.extend({ toBeAllClose });

interface Loss {
  readonly bytes: number;
  readonly count: Tensor;
  readonly ignoreLabel: number;
  forward(scores: Tensor, ts: Tensor): Tensor;
  backward(dout?: number): Tensor;
  dispose(): void;
}

interface LossUnderTest {
  readonly make: (options?: { ignoreLabel?: number; smoothing?: number }) => Loss;
  readonly fixture: Parameters<typeof findCase>[0];
  /** The cases whose scores have the axes that this loss takes. */
  readonly cases: readonly string[];
  /** What the labels are called in the fixture. */
  readonly labels: string;
  /** Axes of the labels in messages. */
  readonly axes: string;
  /** Of the scores, for labels of this shape. */
  readonly scoresShape: (labels: Shape) => Shape;
  /** Labels of any shape that it takes. */
  readonly someLabels: Shape;
  /** How many labels there are. */
  readonly classes: number;
}

const close = {
  f64: { rtol: 1e-12, atol: 1e-14 },
  f32: { rtol: 1e-5, atol: 1e-6 },
} as const;

/** What all losses have in common. */
export function describeLoss(name: string, underTest: LossUnderTest): void {
  const { make, fixture, cases, scoresShape, someLabels: shape, classes } = underTest;
  const backend = new ReferenceBackend();
  const random = new Random(11);
  const someScores = (labels = shape) => randn(backend, scoresShape(labels), random, 1, 'f64');
  const ints = (values: readonly number[]) => tensor(backend, values, shape, 'i32');
  /** Every third is ignored. */
  const someIgnored = (ignored = -1) =>
    Array.from({ length: sizeOf(shape) }, (_, i) => (i % 3 === 1 ? ignored : random.integer(classes)));

  describe.each(['f64', 'f32'] as const)(`${name}, against PyTorch, in %s`, (dtype) => {
    it.each(cases)('agrees on %s', async (caseName) => {
      const { options, inputs, expected } = findCase<{ dtype?: string; smoothing?: number }>(
        fixture,
        caseName,
      );
      const tolerance = options.dtype === 'float32' ? close.f32 : close[dtype];
      const scores = tensor(backend, inputs.scores.data, inputs.scores.shape, dtype);
      const { data, shape } = inputs[underTest.labels];
      const loss = make({ smoothing: options.smoothing });
      const value = await loss.forward(scores, tensor(backend, data, shape, 'i32')).read();
      expect(value).toBeAllClose(expected.loss.data, tolerance);
      expect(await loss.backward().read()).toBeAllClose(expected.dscores.data, tolerance);
    });
  });

  describe(name, () => {
    it('has the gradient that central differences give, also for ignored labels and a given dout', async () => {
      const [scores, ts] = [someScores(), ints(someIgnored())];
      const loss = make();
      const { scores: error } = await gradientCheck({
        values: { scores },
        loss: async () => 2.5 * (await loss.forward(scores, ts).item()),
        gradients: async () => {
          loss.forward(scores, ts);
          return { scores: await loss.backward(2.5).read() };
        },
      });
      expect(error).toBeLessThanOrEqual(1e-6);
    });

    it('is the mean over the labels that count, and says how many those are', async () => {
      const labels = someIgnored();
      const scores = someScores();
      const loss = make();
      const mean = await loss.forward(scores, ints(labels)).item();
      const counted = labels.filter((label) => label !== -1);
      expect(await loss.count.item()).toBe(counted.length);

      let sum = 0;
      for (const [i, label] of labels.entries()) {
        const only = ints(labels.map((_, j) => (j === i ? label : -1)));
        sum += await make().forward(scores, only).item();
      }
      expect(mean).toBeCloseTo(sum / counted.length, 12);
    });

    it('is 0, with a gradient of zeros, when every label is ignored', async () => {
      const scores = someScores();
      const loss = make();
      expect(await loss.forward(scores, ints(new Array(sizeOf(shape)).fill(-1))).item()).toBe(0);
      expect(await loss.count.item()).toBe(0);
      expect(await loss.backward().read()).toEqual(new Float64Array(scores.size));
    });

    it('can ignore another label than -1', async () => {
      const scores = someScores();
      const labels = someIgnored();
      const expected = await make().forward(scores, ints(labels)).item();
      const others = labels.map((label) => (label === -1 ? -100 : label));
      const loss = make({ ignoreLabel: -100 });
      expect(await loss.forward(scores, ints(others)).item()).toBe(expected);
      expect(make().ignoreLabel).toBe(-1);
    });

    it('can ignore a label that is a class', async () => {
      const scores = someScores();
      const labels = someIgnored(1);
      const expected = make();
      await expected.forward(scores, ints(labels.map((label) => (label === 1 ? -1 : label)))).item();
      const loss = make({ ignoreLabel: 1 });
      await loss.forward(scores, ints(labels)).item();
      expect(await loss.count.item()).toBe(await expected.count.item());
      expect(await loss.backward().read()).toEqual(await expected.backward().read());
    });

    it.each(['f32', 'f64'] as const)('stays a number for scores of 1e4 and -1e4, in %s', async (dtype) => {
      const extremes = [1e4, -1e4, 0];
      const values = Array.from({ length: sizeOf(scoresShape(shape)) }, (_, i) => extremes[i % 3]);
      const scores = tensor(backend, values, scoresShape(shape), dtype);
      for (let label = 0; label < classes; label++) {
        const loss = make();
        const value = await loss.forward(scores, ints(new Array(sizeOf(shape)).fill(label))).item();
        expect(Number.isFinite(value)).toBe(true);
        const dscores = Array.from(await loss.backward().read());
        expect(dscores.every((d) => Math.abs(d) <= 1)).toBe(true);
      }
    });

    it('gives the same gradient when backward is called again', async () => {
      const loss = make();
      loss.forward(someScores(), ints(someIgnored()));
      const first = await loss.backward().read();
      expect(await loss.backward().read()).toEqual(first);
      const half = Array.from(first, (d) => d / 2);
      expect(await loss.backward(0.5).read()).toBeAllClose(half, close.f64);
    });

    it('takes any batch after any other, and labels of another tensor', async () => {
      const used = make();
      for (const N of [3, 1, 4, 2]) {
        const labels = [N, ...shape.slice(1)];
        const scores = someScores(labels);
        const values = Array.from({ length: sizeOf(labels) }, () => random.integer(classes));
        const fresh = make();
        const [a, b] = [tensor(backend, values, labels, 'i32'), tensor(backend, values, labels, 'i32')];
        used.forward(scores, zeros(backend, labels, 'i32'));
        const expected = await fresh.forward(scores, a).item();
        expect(await used.forward(scores, b).item()).toBe(expected);
        expect(await used.backward().read()).toEqual(await fresh.backward().read());
      }
    });

    it('lends the same tensors in every step, holds the same bytes, and gives them back', () => {
      const [scores, ts] = [someScores(), ints(someIgnored())];
      const without = backend.bytes;
      const loss = make();
      const lent = Array.from({ length: 3 }, () => [loss.forward(scores, ts), loss.backward()]);
      expect(lent[2][0]).toBe(lent[1][0]);
      expect(lent[2][1]).toBe(lent[1][1]);
      expect(backend.bytes - without).toBe(loss.bytes);
      loss.dispose();
      expect(backend.bytes).toBe(without);
    });

    it('leaves the scores as they are', async () => {
      const scores = someScores();
      const before = await scores.read();
      const loss = make();
      loss.forward(scores, ints(someIgnored()));
      loss.backward();
      expect(await scores.read()).toEqual(before);
    });

    it('refuses backward and count before forward', () => {
      expect(() => make().backward()).toThrow(new StateError(`${name}.backward: call forward first`));
      expect(() => make().count).toThrow(new StateError(`${name}.count: call forward first`));
    });

    it('refuses a label that is no class', () => {
      for (const label of [classes, -2]) {
        const labels = ints(Array.from({ length: sizeOf(shape) }, (_, i) => (i === 1 ? label : 0)));
        const call = () => make().forward(someScores(), labels);
        expect(call).toThrow(ValueError);
        expect(call).toThrow(`got ${label} at position 1`);
      }
      expect(() => make().forward(someScores(), zeros(backend, shape, 'f64'))).toThrow(DTypeError);
    });

    it('says which shape it expected and which one came', () => {
      const known = scoresShape(shape);
      const otherAxes = zeros(backend, known.length === 3 ? known.slice(1) : [1, ...known], 'f64');
      expect(() => make().forward(otherAxes, ints(someIgnored()))).toThrow(
        `${name}.forward: expected scores ${underTest.axes}, got (${otherAxes.shape.join(', ')})`,
      );
      const wrong = zeros(backend, [shape[0] + 1, ...shape.slice(1)], 'i32');
      const call = () => make().forward(someScores(), wrong);
      expect(call).toThrow(ShapeError);
      expect(call).toThrow(
        `${name}.forward: expected ts (${shape.join(', ')}), got (${wrong.shape.join(', ')})`,
      );
    });
  });
}
