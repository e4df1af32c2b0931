import { gradientCheck, toBeAllClose } from '@unroll/conformance';
import { type Parameter, Random, ReferenceBackend, randn, StateError, type Tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from './fixture-tensors.ts';
import { precisions } from './precisions.ts';

expect.extend({ toBeAllClose });

interface Step {
  readonly params: readonly Parameter[];
  readonly bytes: number;
  /** x and the states before, to the states after */
  forward(x: Tensor, ...states: Tensor[]): readonly Tensor[];
  /** The gradients of the states after, to those of x and of the states before */
  backward(...dstates: Tensor[]): readonly Tensor[];
  dispose(): void;
}

interface StepUnderTest {
  readonly make: (Wx: Tensor, Wh: Tensor, b: Tensor) => Step;
  readonly gates: number;
  readonly states: readonly ('h' | 'c')[];
  readonly fixture: ConstructorParameters<typeof FixtureTensors>[0];
}

/** What the single steps RNN, LSTM and GRU have in common. */
export function describeStep(name: string, { make, gates, states, fixture }: StepUnderTest): void {
  const [D, H] = [3, 4];

  describe.each(precisions)(`${name}, against PyTorch, in $dtype`, ({ dtype, forward, gradient }) => {
    it('agrees on outputs and all gradients', async () => {
      const given = new FixtureTensors(fixture, 'single-step', dtype);
      const [Wx, Wh, b, x] = given.inputs('Wx', 'Wh', 'b', 'x');
      const step = make(Wx, Wh, b);
      const after = step.forward(x, ...given.inputs(...states.map((state) => `${state}_prev`)));
      for (const [i, state] of states.entries()) {
        expect(await after[i].read(), state).toBeAllClose(given.expected(`${state}_next`), forward);
      }
      const before = step.backward(...given.inputs(...states.map((state) => `d${state}_next`)));
      for (const [i, gradientName] of ['dx', ...states.map((state) => `d${state}_prev`)].entries()) {
        expect(await before[i].read(), gradientName).toBeAllClose(given.expected(gradientName), gradient);
      }
      for (const { name, grad } of step.params) {
        expect(await grad.read(), name).toBeAllClose(given.expected(`d${name}`), gradient);
      }
    });
  });

  describe(name, () => {
    const backend = new ReferenceBackend();
    const random = new Random(8);
    const draw = (...shape: number[]) => randn(backend, shape, random, 0.5, 'f64');
    const weights = [draw(D, gates * H), draw(H, gates * H), draw(gates * H)] as const;
    const someStates = (N: number) => states.map(() => draw(N, H));

    it.each([1, 2, 3])('has the gradients that central differences give, for a batch of %i', async (N) => {
      const step = make(...weights);
      const [x, before, upstream] = [draw(N, D), someStates(N), someStates(N)];
      const values = {
        x,
        ...Object.fromEntries(states.map((state, i) => [`${state}Prev`, before[i]])),
        ...Object.fromEntries(step.params.map(({ name, value }) => [name, value])),
      };
      const errors = await gradientCheck({
        values,
        loss: async () => {
          let sum = 0;
          for (const [i, after] of step.forward(x, ...before).entries()) {
            const [out, d] = [await after.read(), await upstream[i].read()];
            for (let j = 0; j < out.length; j++) sum += out[j] * d[j];
          }
          return sum;
        },
        gradients: async () => {
          step.forward(x, ...before);
          const given = [...step.backward(...upstream), ...step.params.map(({ grad }) => grad)];
          const read = await Promise.all(given.map((gradient) => gradient.read()));
          return Object.fromEntries(Object.keys(values).map((name, i) => [name, read[i]]));
        },
      });
      for (const [value, error] of Object.entries(errors)) expect(error, value).toBeLessThanOrEqual(1e-6);
    });

    it('takes any batch after any other, and the states that it lent', async () => {
      const used = make(...weights);
      for (const N of [3, 1, 4, 2]) {
        const [x, before] = [draw(N, D), someStates(N)];
        const chained = used.forward(x, ...used.forward(x, ...before));
        const [first, second] = [make(...weights), make(...weights)];
        const expected = second.forward(x, ...first.forward(x, ...before));
        for (const [i] of states.entries()) expect(await chained[i].read()).toEqual(await expected[i].read());
      }
    });

    it('adds to the gradients of its parameters', async () => {
      const step = make(...weights);
      const upstream = someStates(2);
      step.forward(draw(2, D), ...someStates(2));
      step.backward(...upstream);
      const once = await Promise.all(step.params.map(({ grad }) => grad.read()));
      step.backward(...upstream);
      for (const [i, { name, grad }] of step.params.entries()) {
        const twice = Array.from(once[i], (value) => 2 * value);
        expect(await grad.read(), name).toBeAllClose(twice, { rtol: 1e-12, atol: 1e-14 });
      }
    });

    it('says how many bytes it holds, keeps to them, and gives them back', () => {
      const [x, before, upstream] = [draw(2, D), someStates(2), someStates(2)];
      const without = backend.bytes;
      const step = make(...weights);
      for (let time = 0; time < 3; time++) {
        step.forward(x, ...before);
        step.backward(...upstream);
        expect(backend.bytes - without).toBe(step.bytes);
      }
      step.dispose();
      expect(backend.bytes).toBe(without);
    });

    it('refuses backward before forward', () => {
      expect(() => make(...weights).backward(...someStates(2))).toThrow(
        new StateError(`${name}.backward: call forward first`),
      );
    });

    it('says which shape it expected and which one came', () => {
      const step = make(...weights);
      expect(() => step.forward(draw(2, 5), ...someStates(2))).toThrow(
        `${name}.forward: expected x (N, 3), got (2, 5)`,
      );
      for (const [i, state] of states.entries()) {
        const given = someStates(2);
        given[i] = draw(3, H);
        expect(() => step.forward(draw(2, D), ...given)).toThrow(
          `${name}.forward: expected ${state}Prev (2, 4), got (3, 4)`,
        );
        step.forward(draw(2, D), ...someStates(2));
        expect(() => step.backward(...given)).toThrow(
          `${name}.backward: expected d${state}Next (2, 4), got (3, 4)`,
        );
      }
      const [Wx, Wh, b] = weights;
      const [width, wider] = [gates * H, gates * 5];
      expect(() => make(Wx, draw(5, width), b)).toThrow(
        `${name}: expected Wh (5, ${wider}), got (5, ${width})`,
      );
      expect(() => make(draw(D, wider), Wh, b)).toThrow(
        `${name}: expected Wx (D, ${width}), got (3, ${wider})`,
      );
      expect(() => make(Wx, Wh, draw(1))).toThrow(`${name}: expected b (${width}), got (1)`);
    });
  });
}
