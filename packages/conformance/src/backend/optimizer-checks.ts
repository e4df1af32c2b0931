import type { Backend, Tensor } from '@unroll/tensor';
import type { Checks } from './check.ts';
import { expectError } from './expect-error.ts';
import { inLab, type Lab, type Layout, layoutPairsOf } from './lab.ts';

const shapes: readonly (readonly number[])[] = [[1], [7], [3, 5], [33, 17]];

type Values = Readonly<Record<'W' | 'dW' | 'v', number[]>>;

/** Holds three steps of a kernel, each with another gradient, on weights of every size and layout. */
async function holdThreeSteps(
  lab: Lab,
  initial: (shape: readonly number[], layout: Layout) => Tensor,
  step: (backend: Backend, W: Tensor, dW: Tensor, v: Tensor) => void,
  expected: (before: Values) => Partial<Values>,
): Promise<void> {
  for (const shape of shapes) {
    for (const [layout, other] of layoutPairsOf(shape)) {
      const [W, v] = [lab.randn(shape, layout), initial(shape, other)];
      for (let time = 0; time < 3; time++) {
        const dW = lab.randn(shape, other);
        await lab.holds({ W, dW, v }, () => step(lab.backend, W, dW, v), expected);
      }
    }
  }
}

function ones(lab: Lab, shape: readonly number[]): Tensor {
  return lab.tensor(shape, 'whole', () => 1);
}

function zerosOf(lab: Lab): (shape: readonly number[], layout: Layout) => Tensor {
  return (shape, layout) => lab.tensor(shape, layout, () => 0);
}

/** A gradient of 0 with nothing gathered yet must not become 0 / 0. */
async function holdAtRest(lab: Lab, step: (W: Tensor, dW: Tensor, h: Tensor) => void): Promise<void> {
  const [dW, h] = [lab.tensor([5], 'whole', () => 0), lab.tensor([5], 'whole', () => 0)];
  const W = lab.randn([5]);
  await lab.holds(
    { W, dW, h },
    () => step(W, dW, h),
    () => ({}),
  );
}

export const optimizerChecks: Checks<'sgd' | 'momentum' | 'nesterov' | 'adagrad' | 'rmsprop' | 'adam'> = {
  sgd: {
    'steps as the contract says': inLab(async (lab) => {
      await holdThreeSteps(
        lab,
        zerosOf(lab),
        (backend, W, dW) => backend.sgd(W, dW, 0.3),
        ({ W, dW }) => ({ W: W.map((w, k) => w - 0.3 * dW[k]) }),
      );
    }),
    'lets the weights decay before it steps': inLab(async (lab) => {
      for (const decay of [0, 0.02, 1]) {
        await holdThreeSteps(
          lab,
          zerosOf(lab),
          (backend, W, dW) => backend.sgd(W, dW, 0.3, decay),
          ({ W, dW }) => ({ W: W.map((w, k) => w * (1 - decay) - 0.3 * dW[k]) }),
        );
      }
    }),
    'refuses a gradient of another shape': inLab(async (lab) => {
      await expectError('ShapeError', () => lab.backend.sgd(lab.randn([2, 3]), lab.randn([3, 2]), 1));
    }),
  },
  momentum: {
    'steps as the contract says': inLab(async (lab) => {
      await holdThreeSteps(
        lab,
        zerosOf(lab),
        (backend, W, dW, v) => backend.momentum(W, dW, v, 0.3, 0.9),
        ({ W, dW, v }) => {
          const vNext = v.map((before, k) => 0.9 * before - 0.3 * dW[k]);
          return { v: vNext, W: W.map((w, k) => w + vNext[k]) };
        },
      );
    }),
    'refuses a velocity of another shape': inLab(async (lab) => {
      const [W, dW] = [lab.randn([2, 3]), lab.randn([2, 3])];
      await expectError('ShapeError', () => lab.backend.momentum(W, dW, lab.randn([3, 2]), 1, 0.9));
    }),
  },
  nesterov: {
    'steps as the contract says, with the velocity of the step before': inLab(async (lab) => {
      await holdThreeSteps(
        lab,
        zerosOf(lab),
        (backend, W, dW, v) => backend.nesterov(W, dW, v, 0.3, 0.9),
        ({ W, dW, v }) => ({
          W: W.map((w, k) => w + 0.81 * v[k] - 1.9 * 0.3 * dW[k]),
          v: v.map((before, k) => 0.9 * before - 0.3 * dW[k]),
        }),
      );
    }),
  },
  adagrad: {
    'steps as the contract says': inLab(async (lab) => {
      await holdThreeSteps(
        lab,
        zerosOf(lab),
        (backend, W, dW, h) => backend.adagrad(W, dW, h, 0.3, 1e-3),
        ({ W, dW, v: h }) => {
          const hNext = h.map((before, k) => before + dW[k] ** 2);
          return { v: hNext, W: W.map((w, k) => w - (0.3 * dW[k]) / (Math.sqrt(hNext[k]) + 1e-3)) };
        },
      );
    }),
    'stays at rest where the gradient was always 0': inLab(async (lab) => {
      await holdAtRest(lab, (W, dW, h) => lab.backend.adagrad(W, dW, h, 0.3, 1e-7));
    }),
  },
  rmsprop: {
    'steps as the contract says': inLab(async (lab) => {
      await holdThreeSteps(
        lab,
        zerosOf(lab),
        (backend, W, dW, h) => backend.rmsprop(W, dW, h, 0.3, 0.95, 1e-3),
        ({ W, dW, v: h }) => {
          const hNext = h.map((before, k) => 0.95 * before + 0.05 * dW[k] ** 2);
          return { v: hNext, W: W.map((w, k) => w - (0.3 * dW[k]) / (Math.sqrt(hNext[k]) + 1e-3)) };
        },
      );
    }),
    'stays at rest where the gradient was always 0': inLab(async (lab) => {
      await holdAtRest(lab, (W, dW, h) => lab.backend.rmsprop(W, dW, h, 0.3, 0.95, 1e-7));
    }),
  },
  adam: {
    'steps as the contract says, with and without decay': inLab(async (lab) => {
      for (const decay of [0, 0.02]) {
        for (const shape of shapes) {
          for (const [layout, other] of layoutPairsOf(shape)) {
            const W = lab.randn(shape, layout);
            const [m, v] = [zerosOf(lab)(shape, other), zerosOf(lab)(shape, layout)];
            for (let time = 0; time < 3; time++) {
              const dW = lab.randn(shape, other);
              await lab.holds(
                { W, dW, m, v },
                () => lab.backend.adam(W, dW, m, v, 0.3, 0.9, 0.99, 1e-3, decay),
                ({ W, dW, m, v }) => {
                  const mNext = m.map((before, k) => before + 0.1 * (dW[k] - before));
                  const vNext = v.map((before, k) => before + 0.01 * (dW[k] ** 2 - before));
                  const step = mNext.map((mean, k) => (0.3 * mean) / (Math.sqrt(vNext[k]) + 1e-3));
                  return { m: mNext, v: vNext, W: W.map((w, k) => w * (1 - decay) - step[k]) };
                },
              );
            }
          }
        }
      }
    }),
    'loses no decay that is too small for a factor in f32': inLab(async (lab) => {
      const W = lab.tensor([5], 'whole', () => 1);
      const dW = lab.tensor([5], 'whole', () => 1);
      const [m, v] = [lab.tensor([5], 'whole', () => 0), lab.tensor([5], 'whole', () => 0)];
      // Decay and step take off 2e-8 each: less than half of what f32 tells apart below 1, and together more.
      lab.backend.adam(W, dW, m, v, 2e-8, 0.9, 0.99, 0, 2e-8);
      const values = [...(await W.read())];
      if (values.some((value) => value >= 1)) {
        throw new Error(
          `expected weights below 1, since decay and step lessen them; got ${values.join(', ')}`,
        );
      }
    }),
    'refuses moments of another shape': inLab(async (lab) => {
      const [W, dW, m] = [ones(lab, [2, 3]), ones(lab, [2, 3]), ones(lab, [2, 3])];
      const v = ones(lab, [3, 2]);
      await expectError('ShapeError', () => lab.backend.adam(W, dW, m, v, 1, 0.9, 0.99, 1e-3, 0));
    }),
  },
};
