import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gradientCheck } from '@unroll/conformance';
import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import {
  Memory,
  type Parameter,
  Random,
  ReferenceBackend,
  ShapeError,
  StateError,
  type Tensor,
  tensor,
  ValueError,
} from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import type { LanguageModel, ModelOptions } from '../src/language-model.ts';

interface ModelUnderTest {
  readonly make: (options: ModelOptions) => LanguageModel;
  /** Its name in a configuration. */
  readonly model: string;
  /** By name the shape and the standard deviation of the initial weights, 0 for zeros. */
  readonly weights: (V: number, D: number, H: number) => Record<string, [shape: number[], deviation: number]>;
  /** The names of what it carries. */
  readonly states: readonly string[];
  /** What its configuration has beside its name and sizes. */
  readonly config?: object;
  /** Are word vectors as large as the hidden state, since the output is tied to the embedding? */
  readonly tied?: boolean;
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What all language models have in common. */
export function describeModel(
  name: string,
  { make, model: modelName, weights, states, config = {}, tied = false }: ModelUnderTest,
): void {
  const [V, D, H] = [7, tied ? 5 : 4, 5];
  const random = new Random(21);
  const makeTiny = (options: Partial<ModelOptions> = {}) =>
    make({
      backend: new ReferenceBackend(),
      vocabSize: V,
      wordvecSize: D,
      hiddenSize: H,
      seed: 3,
      dtype: 'f64',
      ...options,
    });
  const ids = ({ backend }: LanguageModel, N: number, T: number): Tensor => {
    const values = Array.from({ length: N * T }, () => random.integer(V));
    return tensor(backend, values, [N, T], 'i32');
  };
  const readAll = (tensors: readonly Tensor[]) => Promise.all(tensors.map((x) => x.read()));

  describe(name, () => {
    it('has the gradients that central differences give, over two blocks, of any shape', async () => {
      for (let round = 0; round < 3; round++) {
        const [N, T] = [1 + random.integer(3), 1 + random.integer(4)];
        const model = makeTiny({ seed: round });
        // Embeddings begin so small that the recurrent weights would hardly matter.
        model.backend.scale(model.params[0].value, 50);
        for (let block = 0; block < 2; block++) {
          const [xs, ts] = [ids(model, N, T), ids(model, N, T)];
          const state = await model.getState();
          const forward = () => {
            model.setState(state);
            return model.forward(xs, ts);
          };
          const errors = await gradientCheck({
            values: Object.fromEntries(model.params.map(({ name, value }) => [name, value])),
            loss: () => forward().item(),
            gradients: async () => {
              zeroGrads(model.params);
              forward();
              model.backward();
              const grads = await readAll(model.grads);
              return Object.fromEntries(model.params.map(({ name }, i) => [name, grads[i]]));
            },
          });
          for (const [weight, error] of Object.entries(errors)) {
            expect(error, `${weight}, block ${block}`).toBeLessThanOrEqual(1e-6);
          }
        }
      }
    });

    it('has weights of the names, shapes and sizes that it says', async () => {
      const large = { vocabSize: 60, wordvecSize: tied ? 50 : 40, hiddenSize: 50 };
      const model = makeTiny(large);
      const expected = weights(60, large.wordvecSize, 50);
      expect(model.params.map((parameter) => parameter.name)).toEqual(Object.keys(expected));
      for (const { name, value } of model.params) {
        const [shape, deviation] = expected[name];
        expect(value.shape, name).toEqual(shape);
        const numbers = Array.from(await value.read());
        const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
        const spread = Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length);
        if (deviation === 0) expect(new Set(numbers), name).toEqual(new Set([0]));
        else expect(Math.abs(spread / deviation - 1), name).toBeLessThan(0.1);
        expect(Math.abs(mean), name).toBeLessThanOrEqual(0.1 * deviation);
      }
      expect(model.grads).toEqual(model.params.map(({ grad }) => grad));
      expect(model.config).toEqual({ model: modelName, ...large, ...config });
    });

    it('begins with the same weights for the same seed, and with others for another', async () => {
      const [a, b, c] = [1, 1, 2].map((seed) => makeTiny({ seed }));
      const values = (model: LanguageModel) => readAll(model.params.map(({ value }) => value));
      expect(await values(b)).toEqual(await values(a));
      expect(await values(c)).not.toEqual(await values(a));
    });

    it('has the mean of -log softmax of what it predicts as its loss', async () => {
      const [model, twin] = [makeTiny(), makeTiny()];
      const [N, T] = [2, 3];
      const [xs, ts] = [ids(model, N, T), ids(model, N, T)];
      const scores = await twin.predict(tensor(twin.backend, await xs.read(), [N, T], 'i32')).read();
      let sum = 0;
      for (const [i, label] of Array.from(await ts.read()).entries()) {
        const row = Array.from(scores.subarray(i * V, (i + 1) * V));
        sum += Math.log(row.reduce((total, score) => total + Math.exp(score), 0)) - row[label];
      }
      expect(await model.forward(xs, ts).item()).toBeCloseTo(sum / (N * T), 12);
    });

    it('adds to gradients, and scales them by what backward is given', async () => {
      const model = makeTiny();
      const [xs, ts] = [ids(model, 2, 3), ids(model, 2, 3)];
      model.forward(xs, ts);
      model.backward();
      const once = await readAll(model.grads);
      model.resetState();
      model.forward(xs, ts);
      model.backward(2);
      for (const [i, three] of (await readAll(model.grads)).entries()) {
        for (const [j, value] of three.entries()) expect(value).toBeCloseTo(3 * once[i][j], 12);
      }
    });

    it('goes back once for each forward, since the scores give way to their gradient', () => {
      const model = makeTiny();
      model.forward(ids(model, 2, 3), ids(model, 2, 3));
      model.backward();
      expect(() => model.backward()).toThrow(StateError);
    });

    it('carries its state from block to block: two halves are one whole', async () => {
      const [model, twin] = [makeTiny(), makeTiny()];
      const values = Array.from({ length: 8 }, () => random.integer(V));
      const whole = await model.predict(tensor(model.backend, values, [1, 8], 'i32')).read();
      const halves = [values.slice(0, 3), values.slice(3)].map((half) =>
        twin.predict(tensor(twin.backend, half, [1, half.length], 'i32')).read(),
      );
      const joined = (await Promise.all(halves)).flatMap((half) => Array.from(half));
      for (const [i, score] of whole.entries()) expect(joined[i]).toBeCloseTo(score, 12);
    });

    it('has the same losses again when its state is restored', async () => {
      const model = makeTiny();
      const blocks = Array.from({ length: 6 }, () => [ids(model, 2, 3), ids(model, 2, 3)]);
      for (const [xs, ts] of blocks.slice(0, 3)) model.forward(xs, ts);
      const state = await model.getState();
      expect([...state.keys()]).toEqual(states);
      const losses = () => Promise.all(blocks.slice(3).map(([xs, ts]) => model.forward(xs, ts).item()));
      const expected = await losses();
      expect(await losses()).not.toEqual(expected);
      model.setState(state);
      expect(await losses()).toEqual(expected);
    });

    it('begins with zeros when it is set to an empty state, which is what it has at first', async () => {
      const model = makeTiny();
      const atFirst = await model.getState();
      expect(atFirst.size).toBe(0);
      const xs = ids(model, 2, 3);
      const expected = await model.predict(xs).read();
      model.setState(atFirst);
      expect(await model.predict(xs).read()).toEqual(expected);
      model.resetState();
      expect(await model.getState()).toEqual(atFirst);
    });

    it('shows in its state nothing of a block that came after the call', async () => {
      const model = makeTiny();
      model.predict(ids(model, 2, 3));
      const before = await model.getState();
      const asked = model.getState();
      model.predict(ids(model, 2, 3));
      expect(await asked).toEqual(before);
    });

    it('refuses the state of another model, and loses no memory by it', () => {
      const model = makeTiny();
      const before = model.backend.bytes;
      const wrong = { shape: [2, H + 1], data: new Float64Array(2 * (H + 1)) };
      expect(() => model.setState(new Map([['gru.h', wrong]]))).toThrow(
        new StateError(
          `setState: expected ${states.join(', ')}, got gru.h; is it the state of another model?`,
        ),
      );
      expect(() => model.setState(new Map(states.map((state) => [state, wrong])))).toThrow(ShapeError);
      const short = { shape: [2, H], data: new Float64Array(3) };
      expect(() => model.setState(new Map(states.map((state) => [state, short])))).toThrow(ShapeError);
      expect(model.backend.bytes).toBe(before);
    });

    it('refuses sizes that are no whole numbers from 1, and says which', () => {
      for (const size of ['vocabSize', 'wordvecSize', 'hiddenSize']) {
        for (const value of [0, 1.5, Number.NaN]) {
          expect(() => makeTiny({ [size]: value })).toThrow(
            new ValueError(`${name}: expected ${size} to be a whole number from 1, got ${value}`),
          );
        }
      }
    });

    it('refuses an id that is not in its vocabulary', () => {
      const model = makeTiny();
      expect(() => model.predict(tensor(model.backend, [0, V], [1, 2], 'i32'))).toThrow(ValueError);
    });
  });

  describe(`${name} in memory`, () => {
    /** A step of training, and nothing else. */
    function trainer(model: LanguageModel): () => void {
      const [xs, ts] = [ids(model, 3, 4), ids(model, 3, 4)];
      const [optimizer, memory] = [new SGD({ lr: 0.1 }), new Memory()];
      const params: readonly Parameter[] = model.params;
      return () => {
        zeroGrads(params);
        model.forward(xs, ts);
        model.backward();
        clipGrads(params, 0.25, memory);
        optimizer.update(params);
      };
    }

    it('holds the same bytes after 1,000 steps as after two, and takes no other memory', () => {
      const model = makeTiny({ dtype: 'f32' });
      const step = trainer(model);
      for (let count = 0; count < 2; count++) step();
      // Without the garbage of other tests, which could go away in the middle and hide what these steps take.
      collectGarbage();
      const [bytes, outside] = [model.backend.bytes, process.memoryUsage().arrayBuffers];
      for (let count = 2; count < 1000; count++) step();
      expect(model.backend.bytes).toBe(bytes);
      expect(process.memoryUsage().arrayBuffers).toBeLessThanOrEqual(outside);
    });

    it('says how many bytes it holds', () => {
      const model = makeTiny();
      const [xs, ts] = [ids(model, 3, 4), ids(model, 3, 4)];
      model.forward(xs, ts);
      model.backward();
      expect(model.bytes).toBe(model.backend.bytes - 4 * (xs.size + ts.size));
    });

    it('gives everything back, a hundred times', () => {
      const backend = new ReferenceBackend();
      for (let count = 0; count < 100; count++) {
        const model = makeTiny({ backend });
        const [xs, ts] = [ids(model, 2, 3), ids(model, 2, 3)];
        model.forward(xs, ts);
        model.backward();
        for (const owner of [model, xs, ts]) owner.dispose();
        expect(backend.bytes).toBe(0);
      }
    });

    it('takes (1, 1) after a block of training without more memory', async () => {
      const model = makeTiny();
      trainer(model)();
      const bytes = model.backend.bytes;
      model.resetState();
      const single = ids(model, 1, 1);
      const scores = model.predict(single);
      expect(scores.shape).toEqual([1, 1, V]);
      expect(model.backend.bytes).toBe(bytes + 4);
    });
  });
}
