import { gradientCheck, toBeAllClose } from '@unroll/conformance';
import tinyTrajectory from '@unroll/fixtures/better-tiny-trajectory.json' with { type: 'json' };
import { betterTrajectoryWeights } from '@unroll/fixtures/better-trajectory-weights';
import { TimeAffine, TimeDropout, TimeEmbedding, TimeLSTM } from '@unroll/layers';
import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Memory, Random, ReferenceBackend, type Tensor, tensor, ValueError } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeModel } from '../test/describe-model.ts';
import { BetterRnnlm } from './better-rnnlm.ts';

expect.extend({ toBeAllClose });

describeModel('BetterRnnlm', {
  make: (options) => new BetterRnnlm({ ...options, dropout: 0 }),
  model: 'better-rnnlm',
  weights: (V, D, H) => ({
    'embed.W': [[V, D], 0.01],
    'lstm1.Wx': [[D, 4 * H], 1 / Math.sqrt(D)],
    'lstm1.Wh': [[H, 4 * H], 1 / Math.sqrt(H)],
    'lstm1.b': [[4 * H], 0],
    'lstm2.Wx': [[H, 4 * H], 1 / Math.sqrt(H)],
    'lstm2.Wh': [[H, 4 * H], 1 / Math.sqrt(H)],
    'lstm2.b': [[4 * H], 0],
    'affine.b': [[V], 0],
  }),
  states: ['lstm1.h', 'lstm1.c', 'lstm2.h', 'lstm2.c'],
  config: { dropout: 0 },
  tied: true,
});

describe('BetterRnnlm, against PyTorch', () => {
  const [{ options, inputs, expected, weights: fingerprints }] = tinyTrajectory.cases;
  const { N, T, H, V } = options;
  const corpus = inputs.corpus.data;
  const sums: Record<string, { data: number[] }> = expected;
  const backend = new ReferenceBackend();
  const makeTiny = () =>
    new BetterRnnlm({
      ...{ backend, vocabSize: V, wordvecSize: H, hiddenSize: H, dropout: 0, dtype: 'f64' },
      weights: betterTrajectoryWeights(Random, options),
    });
  /** The ids of a step and those that follow, `(N, T)`. */
  const block = (step: number): [xs: Tensor, ts: Tensor] => {
    const jump = Math.floor((corpus.length - 1) / N);
    const positions = Array.from(
      { length: N * T },
      (_, i) => (Math.floor(i / T) * jump + step * T + (i % T)) % (corpus.length - 1),
    );
    const take = (shift: number) =>
      tensor(
        backend,
        positions.map((position) => corpus[position + shift]),
        [N, T],
        'i32',
      );
    return [take(0), take(1)];
  };

  it('begins with the same weights', async () => {
    const heads: Record<string, { first: number[] }> = fingerprints;
    for (const { name, value } of makeTiny().params) {
      expect(Array.from((await value.read()).subarray(0, 4)), name).toEqual(heads[name].first);
    }
  });

  it('follows 40 steps of training, losses, gradient norms and weights', async () => {
    const model = makeTiny();
    const [optimizer, memory] = [new SGD({ lr: options.lr }), new Memory()];
    const losses: number[] = [];
    const norms: number[] = [];
    for (let step = 0; step < options.steps; step++) {
      zeroGrads(model.params);
      losses.push(await model.forward(...block(step)).item());
      model.backward();
      norms.push(await clipGrads(model.params, options.maxNorm, memory).item());
      optimizer.update(model.params);
    }
    expect(losses).toBeAllClose(expected.losses.data, { rtol: 1e-9, atol: 0 });
    expect(norms).toBeAllClose(expected.norms.data, { rtol: 1e-9, atol: 0 });

    for (const { name, value } of model.params) {
      const final = Array.from(await value.read());
      const sum = final.reduce((total, x) => total + x, 0);
      const squares = final.reduce((total, x) => total + x * x, 0);
      // A sum may be small next to what it is made of.
      const atol = 1e-9 * Math.sqrt(squares);
      expect([sum], name).toBeAllClose(sums[`sum.${name}`].data, { rtol: 1e-9, atol });
      expect([squares], name).toBeAllClose(sums[`sumOfSquares.${name}`].data, { rtol: 1e-9, atol: 0 });
    }
  });

  it('gives its embedding the gradient of the input and that of the output, added', async () => {
    const model = makeTiny();
    model.forward(...block(0));
    model.backward();
    const asOutput = expected['dEmbed.asOutput'].data;
    const both = expected['dEmbed.asInput'].data.map((value, i) => value + asOutput[i]);
    expect(model.params[0].name).toBe('embed.W');
    expect(Array.from(await model.grads[0].read())).toBeAllClose(both, { rtol: 1e-9, atol: 1e-14 });
  });
});

describe('BetterRnnlm', () => {
  const [V, H] = [7, 5];
  const [N, T] = [2, 3];
  const backend = new ReferenceBackend();
  const random = new Random(12);
  const make = (dropout: number) =>
    new BetterRnnlm({
      ...{ backend, vocabSize: V, wordvecSize: H, hiddenSize: H, dropout, seed: 3, dtype: 'f64' },
    });
  const ids = (): Tensor =>
    tensor(
      backend,
      Array.from({ length: N * T }, () => random.integer(V)),
      [N, T],
      'i32',
    );
  const [xs, ts] = [ids(), ids()];

  it('has the sizes of the book unless told others', () => {
    const model = new BetterRnnlm({ backend });
    const sizes = { vocabSize: 10000, wordvecSize: 650, hiddenSize: 650 };
    expect(model.config).toEqual({ model: 'better-rnnlm', ...sizes, dropout: 0.5 });
    model.dispose();
  });

  it('refuses word vectors of another size than the hidden state', () => {
    expect(() => new BetterRnnlm({ backend, vocabSize: V, wordvecSize: 4, hiddenSize: 5 })).toThrow(
      new ValueError(
        'BetterRnnlm: expected wordvecSize to be hiddenSize, since the output is tied to the embedding, got 4 and 5',
      ),
    );
  });

  it('drops before, between and after its LSTMs, in each place with masks of its own', () => {
    const { layers } = make(0.5);
    expect(layers.map((layer) => layer.constructor)).toEqual([
      TimeEmbedding,
      TimeDropout,
      TimeLSTM,
      TimeDropout,
      TimeLSTM,
      TimeDropout,
      TimeAffine,
    ]);
    const dropouts = layers.filter((layer) => layer instanceof TimeDropout);
    expect(dropouts.map(({ ratio }) => ratio)).toEqual([0.5, 0.5, 0.5]);
    expect(new Set(dropouts.map(({ seed }) => seed)).size).toBe(3);
  });

  it('has the gradients that central differences give, under its masks', async () => {
    const model = make(0.5);
    // Embeddings begin so small that the recurrent weights would hardly matter.
    backend.scale(model.params[0].value, 50);
    for (let block = 0; block < 2; block++) {
      const state = await model.getState();
      const forward = () => {
        model.setState(state); // the masks too are the same again
        return model.forward(xs, ts);
      };
      const errors = await gradientCheck({
        values: Object.fromEntries(model.params.map(({ name, value }) => [name, value])),
        loss: () => forward().item(),
        gradients: async () => {
          zeroGrads(model.params);
          forward();
          model.backward();
          const read = model.params.map(async ({ name, grad }) => [name, await grad.read()] as const);
          return Object.fromEntries(await Promise.all(read));
        },
      });
      for (const [weight, error] of Object.entries(errors)) {
        expect(error, `${weight}, block ${block}`).toBeLessThanOrEqual(1e-6);
      }
    }
  });

  it('draws the same masks again from a state that was saved, in another model too', async () => {
    const [model, twin] = [make(0.5), make(0.5)];
    for (let block = 0; block < 2; block++) model.forward(xs, ts);
    const state = await model.getState();
    expect(state.get('masks')).toEqual({ shape: [1], data: Int32Array.of(2) });

    const losses = async (model: BetterRnnlm) => {
      const values: number[] = [];
      for (let block = 0; block < 3; block++) values.push(await model.forward(xs, ts).item());
      return values;
    };
    const expected = await losses(model);
    for (const again of [model, twin]) {
      again.setState(state);
      expect(await losses(again)).toEqual(expected);
    }

    // The same block, from the same hidden state, under the mask that comes next.
    model.setState(new Map(state).set('masks', { shape: [1], data: Int32Array.of(3) }));
    expect(await model.forward(xs, ts).item()).not.toBe(expected[0]);
  });

  it('drops nothing, and draws no mask, when it is not training', async () => {
    const [plain, dropping] = [make(0), make(0.5)];
    const expected = await plain.forward(xs, ts).item();
    expect(await dropping.forward(xs, ts).item()).not.toBe(expected);
    const { data } = (await dropping.getState()).get('masks') ?? {};
    dropping.resetState();
    dropping.training = false;
    expect(await dropping.forward(xs, ts).item()).toBe(expected);
    expect((await dropping.getState()).get('masks')?.data).toEqual(data);
  });
});
