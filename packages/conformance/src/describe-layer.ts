import {
  type Backend,
  formatShape,
  type Layer,
  Random,
  randn,
  type Shape,
  sizeOf,
  type Tensor,
  type TypedArray,
  tensor,
} from '@unroll/tensor';
import { describe, test } from 'vitest';
import { firstDifference, type Tolerance } from './all-close.ts';
import { expectError } from './backend/expect-error.ts';
import { gradientCheck } from './gradient-check.ts';

/** Any layer; ids have no gradient, so what `backward` returns may be nothing. */
type AnyLayer = Layer<Tensor, Tensor, unknown>;

export interface LayerUnderTest<L extends AnyLayer = AnyLayer> {
  /** A new backend that computes in f64. */
  readonly backend: () => Backend;
  /** A new layer; `weights(3, 16)` are random numbers (3, 16), f64. */
  readonly make: (weights: (...shape: number[]) => Tensor) => L;
  /** The shape of the input for a batch of N and T time steps; a layer without time leaves T out. */
  readonly input: (N: number, T: number) => Shape;
  /** The input are ids below this, i32; left out, it is normally distributed numbers. */
  readonly ids?: number;
  /** Brings the layer to where it was before its first block; left out, it is `resetState()`, if there is one. */
  readonly restart?: (layer: L) => void;
}

/** Throws, with a message that says what differs, if the layer does not do as `Layer` says. */
export type LayerCheck = <L extends AnyLayer>(underTest: LayerUnderTest<L>) => Promise<void>;

/**
 * A vitest suite that holds a layer to what `Layer` promises: right gradients, state and buffers that do not show, and
 * memory that stays as it is.
 *
 *     describeLayer('TimeAffine', {
 *       backend: () => new ReferenceBackend(),
 *       make: (weights) => new TimeAffine(weights(3, 5), weights(5)),
 *       input: (N, T) => [N, T, 3],
 *     });
 */
export function describeLayer<L extends AnyLayer>(name: string, underTest: LayerUnderTest<L>): void {
  describe(`${name}, as a layer`, () => {
    for (const [claim, check] of Object.entries(layerChecks)) test(claim, () => check(underTest));
  });
}

/** The checks of `describeLayer`, under sentences that say what they claim, for another runner. */
export const layerChecks: Readonly<Record<string, LayerCheck>> = {
  'has the gradients that central differences give': inLab((lab) => holdGradients(lab, 1)),
  'has them in a second block too, the state that it carries held fixed': inLab((lab) =>
    holdGradients(lab, 2),
  ),
  'gives the same output for the same input': inLab(async (lab) => {
    const { layer, restart } = lab.subject();
    const x = lab.input(3, 4);
    const first = await layer.forward(x).read();
    layer.forward(lab.input(3, 4));
    restart();
    expectSame('the output', await layer.forward(x).read(), first);
  }),
  'leaves its input and the gradient of its output as they are': inLab(async (lab) => {
    const { layer } = lab.subject();
    const x = lab.input(2, 3);
    const before = await x.read();
    const dout = lab.upstream(x);
    const upstream = await dout.read();
    layer.forward(x);
    layer.backward(dout);
    expectSame('the input', await x.read(), before);
    expectSame('the gradient of the output', await dout.read(), upstream);
  }),
  'adds to the gradients of its parameters, which begin with zeros': inLab(async (lab) => {
    const { layer, restart } = lab.subject();
    const x = lab.input(2, 3);
    const dout = lab.upstream(x);
    const gradients: TypedArray[][] = [await readAll(layer.params.map(({ grad }) => grad))];
    for (let time = 0; time < 2; time++) {
      restart();
      layer.forward(x);
      layer.backward(dout);
      gradients.push(await readAll(layer.params.map(({ grad }) => grad)));
    }
    const [none, once, twice] = gradients;
    for (const [i, { name }] of layer.params.entries()) {
      expectSame(`the first gradient of ${name}`, none[i], new Float64Array(none[i].length));
      const double = once[i].map((value) => 2 * value);
      expectClose(`the gradient of ${name} after two calls of backward`, twice[i], double);
    }
  }),
  'takes any batch and number of steps after any other': inLab(async (lab) => {
    const used = lab.subject();
    const sizes = [
      [3, 4],
      [1, 1],
      [2, 7],
      [3, 4],
      [1, 5],
      [4, 1],
      [2, 4],
    ] as const;
    for (const [N, T] of sizes) {
      const x = lab.input(N, T);
      const fresh = lab.subject();
      const dout = lab.upstream(x);
      const [got, expected] = [await runOnce(used, x, dout), await runOnce(fresh, x, dout)];
      for (const [name, values] of Object.entries(expected)) {
        expectClose(`${name} for ${formatShape(x.shape)}, against a new layer's`, got[name], values);
      }
    }
  }),
  'holds the same bytes from the second step on': inLab(async (lab) => {
    const { layer } = lab.subject();
    const x = lab.input(3, 4);
    const dout = lab.upstream(x);
    const held: number[] = [];
    for (let step = 1; step <= 10; step++) {
      layer.forward(x);
      layer.backward(dout);
      held.push(lab.backend.bytes);
    }
    const grown = held.findIndex((bytes, i) => i > 1 && bytes !== held[1]);
    if (grown >= 0) {
      throw new Error(`expected ${held[1]} bytes after step ${grown + 1} too, got ${held[grown]}`);
    }
  }),
  'lends the same tensors in every step': inLab(async (lab) => {
    const { layer } = lab.subject();
    const x = lab.input(3, 4);
    const dout = lab.upstream(x);
    const lent = Array.from({ length: 3 }, () => [layer.forward(x), layer.backward(dout)]);
    if (lent[1][0] !== lent[2][0]) throw new Error('forward: expected the tensor of the step before');
    if (lent[1][1] !== lent[2][1]) throw new Error('backward: expected the tensor of the step before');
  }),
  'refuses backward before forward': inLab(async (lab) => {
    const dout = lab.upstream(lab.input(2, 3));
    const { layer } = lab.subject();
    await expectError('StateError', () => layer.backward(dout));
  }),
  'goes on unharmed where there was no room for a larger input': inLab(async (lab) => {
    const used = lab.subject();
    const [x, larger] = [lab.input(2, 3), lab.input(16, 40)];
    const dout = lab.upstream(x);
    const expected = await runOnce(used, x, dout);
    const { allocate } = lab.backend;
    lab.backend.allocate = () => {
      throw new NoRoom();
    };
    try {
      used.layer.forward(larger);
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error;
    } finally {
      lab.backend.allocate = allocate;
    }
    const got = await runOnce(used, x, dout);
    for (const [name, values] of Object.entries(expected)) {
      expectSame(`${name} after memory was refused`, got[name], values);
    }
  }),
  'says how many bytes it holds, and gives them back, without its weights': inLab(async (lab) => {
    const x = lab.input(3, 4);
    const dout = lab.upstream(x);
    const before = lab.backend.bytes;
    const { layer, weights } = lab.subject();
    layer.forward(x);
    layer.backward(dout);
    const weightBytes = weights.reduce((sum, { size }) => sum + 8 * size, 0);
    const taken = lab.backend.bytes - before - weightBytes;
    if (layer.bytes !== taken) throw new Error(`bytes: expected the ${taken} it took, got ${layer.bytes}`);
    layer.dispose();
    const left = lab.backend.bytes - before - weightBytes;
    if (left !== 0) throw new Error(`dispose: expected all bytes back, ${left} are missing`);
    await readAll(weights);
  }),
};

class NoRoom extends Error {}

/** A layer that a check looks at. */
interface Subject {
  readonly layer: AnyLayer;
  /** In the order in which `make` asked for them. */
  readonly weights: readonly Tensor[];
  restart(): void;
}

/** Where a check works. */
interface Lab {
  readonly backend: Backend;
  readonly random: Random;
  readonly hasIds: boolean;
  /** A new layer, with the same weights every time. */
  subject(): Subject;
  input(N: number, T: number): Tensor;
  /** A gradient for the output that a layer gives for x. */
  upstream(x: Tensor): Tensor;
}

/** A check in a lab of its own, which gives everything back in the end. */
function inLab(work: (lab: Lab) => Promise<void>): LayerCheck {
  return async ({ backend: makeBackend, make, input, ids, restart }) => {
    const backend = makeBackend();
    const random = new Random(1);
    const owned: { dispose(): void }[] = [];
    const own = <Owned extends { dispose(): void }>(made: Owned): Owned => {
      owned.push(made);
      return made;
    };
    try {
      const subject = (): Subject => {
        const source = new Random(2);
        const weights: Tensor[] = [];
        const weight = (...shape: number[]) => {
          weights.push(own(randn(backend, shape, source, 0.5, 'f64')));
          return weights[weights.length - 1];
        };
        const layer = own(make(weight));
        return { layer, weights, restart: () => (restart ? restart(layer) : resetState(layer)) };
      };
      await work({
        backend,
        random,
        hasIds: ids !== undefined,
        subject,
        input: (N, T) => {
          const shape = input(N, T);
          if (ids === undefined) return own(randn(backend, shape, random, 1, 'f64'));
          const values = Array.from({ length: sizeOf(shape) }, () => random.integer(ids));
          return own(tensor(backend, values, shape, 'i32'));
        },
        upstream: (x) => own(randn(backend, subject().layer.forward(x).shape, random, 1, 'f64')),
      });
    } finally {
      for (const made of owned) made.dispose();
    }
  };
}

function resetState(layer: AnyLayer): void {
  if ('resetState' in layer && typeof layer.resetState === 'function') layer.resetState();
}

/** Holds the gradients of the last of so many blocks. What a layer carries into it is held fixed: truncated BPTT. */
async function holdGradients(lab: Lab, blocks: number): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const [N, T] = [1 + lab.random.integer(3), 1 + lab.random.integer(4)];
    const { layer, restart } = lab.subject();
    const before = Array.from({ length: blocks - 1 }, () => lab.input(N, T));
    const x = lab.input(N, T);
    const dout = lab.upstream(x);
    const upstream = await dout.read();

    // Numbered, since a layer may have two parameters of one name.
    const params = layer.params.map(({ name, value }, i) => [`parameter ${i}, ${name}`, value] as const);
    const values = Object.fromEntries(lab.hasIds ? params : [['the input', x] as const, ...params]);
    const original = await readAll(Object.values(values));
    const writeAll = (data: readonly TypedArray[]) => {
      for (const [i, value] of Object.values(values).entries()) value.write(data[i]);
    };
    const enter = () => {
      restart();
      for (const block of before) layer.forward(block);
    };

    const errors = await gradientCheck({
      values,
      loss: async () => {
        const moved = await readAll(Object.values(values));
        writeAll(original);
        enter();
        writeAll(moved);
        const out = await layer.forward(x).read();
        return Array.from(upstream).reduce((sum, d, i) => sum + d * out[i], 0);
      },
      gradients: async () => {
        for (const { grad } of layer.params) lab.backend.fill(grad, 0);
        enter();
        layer.forward(x);
        const dx = layer.backward(dout);
        const grads = layer.params.map(({ grad }) => grad);
        const analytic = await readAll(lab.hasIds ? grads : [dx as Tensor, ...grads]);
        return Object.fromEntries(Object.keys(values).map((name, i) => [name, analytic[i]]));
      },
    });
    for (const [name, error] of Object.entries(errors)) {
      if (!(error <= 1e-6)) {
        throw new Error(
          `the gradient of ${name}, for an input ${formatShape(x.shape)}: expected the one of central differences, got one that is off by ${error} of its greatest number`,
        );
      }
    }
  }
}

/** What one block from the beginning gives, by name. */
async function runOnce(
  { layer, restart }: Subject,
  x: Tensor,
  dout: Tensor,
): Promise<Record<string, TypedArray>> {
  for (const { grad } of layer.params) grad.backend.fill(grad, 0);
  restart();
  const results: Record<string, TypedArray> = { 'the output': await layer.forward(x).read() };
  const dx = layer.backward(dout);
  if (x.dtype !== 'i32') results['the gradient of the input'] = await (dx as Tensor).read();
  for (const [i, { name, grad }] of layer.params.entries()) {
    results[`the gradient of parameter ${i}, ${name},`] = await grad.read();
  }
  return results;
}

function readAll(tensors: readonly Tensor[]): Promise<TypedArray[]> {
  return Promise.all(tensors.map((x) => x.read()));
}

function expectSame(what: string, actual: TypedArray, expected: ArrayLike<number>): void {
  expectClose(what, actual, expected, { rtol: 0, atol: 0 });
}

function expectClose(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance = { rtol: 1e-12, atol: 1e-14 },
): void {
  const difference = firstDifference(actual, expected, tolerance);
  if (difference) throw new Error(`${what}: ${difference}`);
}
