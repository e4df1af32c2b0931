import {
  describeLayer,
  gradientCheck,
  type LayerUnderTest,
  layerChecks,
  toBeAllClose,
} from '@unroll/conformance';
import penalties from '@unroll/fixtures/activation-regularizers.json' with { type: 'json' };
import { findCase } from '@unroll/fixtures/find-case';
import {
  type Layer,
  Random,
  ReferenceBackend,
  randn,
  type Shape,
  StateError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it } from 'vitest';

expect.extend({ toBeAllClose });

interface Penalty extends Layer {
  training: boolean;
  readonly loss: Tensor;
}

const close = {
  f64: { rtol: 1e-12, atol: 1e-14 },
  f32: { rtol: 1e-5, atol: 1e-6 },
} as const;

/** What both activation regularisers have in common. */
export function describeActivationPenalty(
  name: string,
  make: (strength: number) => Penalty,
  cases: readonly string[],
): void {
  const backend = new ReferenceBackend();
  const random = new Random(17);
  const draw = (...shape: number[]) => randn(backend, shape, random, 1, 'f64');
  const inEvaluation = () => Object.assign(make(3), { training: false });

  describeLayer(`${name} in evaluation`, {
    backend: () => new ReferenceBackend(),
    make: inEvaluation,
    input: (N, T) => [N, T, 5],
  });

  describe(`${name} in training, as a layer`, () => {
    const underTest: LayerUnderTest<Penalty> = {
      backend: () => new ReferenceBackend(),
      make: () => make(3),
      input: (N, T) => [N, T, 5],
    };
    // The gradient is not that of the output alone: it is checked below, with the penalty.
    const claims = Object.entries(layerChecks).filter(([claim]) => !claim.startsWith('has '));
    it.each(claims)('%s', (_claim, check) => check(underTest));
  });

  describe.each(['f64', 'f32'] as const)(`${name}, against PyTorch, in %s`, (dtype) => {
    it.each(cases)('agrees on %s', async (caseName) => {
      const { options, inputs, expected } = findCase(penalties, caseName);
      const given = ({ data, shape }: { data: readonly number[]; shape: Shape }) =>
        tensor(backend, data, shape, dtype);
      const layer = make(options.strength);
      const hs = given(inputs.hs);
      expect(layer.forward(hs)).toBe(hs);
      expect(await layer.loss.read()).toBeAllClose(expected.penalty.data, close[dtype]);
      expect(await layer.backward(given(inputs.dout)).read()).toBeAllClose(expected.dhs.data, close[dtype]);
    });
  });

  describe(name, () => {
    it.each([
      [2, 4],
      [1, 2],
      [3, 1],
    ])(
      'has the gradient of what passes through and of the penalty: %d sequences of %d steps',
      async (N, T) => {
        const [hs, dout] = [draw(N, T, 3), draw(N, T, 3)];
        const upstream = await dout.read();
        const layer = make(0.7);
        const { hs: error } = await gradientCheck({
          values: { hs },
          loss: async () => {
            const out = await layer.forward(hs).read();
            const penalty = await layer.loss.item();
            return Array.from(upstream).reduce((sum, d, i) => sum + d * out[i], penalty);
          },
          gradients: async () => {
            layer.forward(hs);
            return { hs: await layer.backward(dout).read() };
          },
        });
        expect(error).toBeLessThanOrEqual(1e-6);
      },
    );

    it('takes hidden states that are a view, as a recurrent layer gives them', async () => {
      const buffer = draw(2, 5, 3);
      const [view, whole, dout] = [buffer.slice(1, 5), zeros(backend, [2, 4, 3], 'f64'), draw(2, 4, 3)];
      backend.copy(whole, view);
      const [a, b] = [make(2), make(2)];
      a.forward(view);
      b.forward(whole);
      expect(await a.loss.item()).toBe(await b.loss.item());
      expect(await a.backward(dout).read()).toEqual(await b.backward(dout).read());
    });

    it('lets both directions through when it is not training, and costs nothing then', async () => {
      const [hs, dhs] = [draw(2, 3, 4), draw(2, 3, 4)];
      const layer = make(3);
      layer.forward(hs);
      expect(await layer.loss.item()).toBeGreaterThan(0);
      layer.training = false;
      layer.forward(hs);
      expect(await layer.loss.item()).toBe(0);
      expect(layer.backward(dhs)).toBe(dhs);
    });

    it('refuses to tell a penalty before forward', () => {
      expect(() => make(1).loss).toThrow(new StateError(`${name}.loss: call forward first`));
    });

    it('says which shape it expected and which one came', () => {
      expect(() => make(1).forward(draw(2, 3))).toThrow(`${name}.forward: expected hs (N, T, H), got (2, 3)`);
      const layer = make(1);
      layer.forward(draw(2, 3, 4));
      expect(() => layer.backward(draw(2, 3, 5))).toThrow(
        `${name}.backward: expected dhs (2, 3, 4), got (2, 3, 5)`,
      );
    });

    it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a strength of %d', (strength) => {
      expect(() => make(strength)).toThrow(
        new ValueError(`${name}: expected a number from 0, got ${strength}`),
      );
    });
  });
}
