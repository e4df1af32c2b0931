import { toBeAllClose } from '@unroll/conformance';
import tinyTrajectory from '@unroll/fixtures/tiny-trajectory.json' with { type: 'json' };
import { trajectoryWeights } from '@unroll/fixtures/trajectory-weights';
import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Memory, Random, ReferenceBackend, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeModel } from '../test/describe-model.ts';
import { Rnnlm } from './rnnlm.ts';

expect.extend({ toBeAllClose });

describeModel('Rnnlm', {
  make: (options) => new Rnnlm(options),
  model: 'rnnlm',
  weights: (V, D, H) => ({
    'embed.W': [[V, D], 0.01],
    'lstm.Wx': [[D, 4 * H], 1 / Math.sqrt(D)],
    'lstm.Wh': [[H, 4 * H], 1 / Math.sqrt(H)],
    'lstm.b': [[4 * H], 0],
    'affine.W': [[H, V], 1 / Math.sqrt(H)],
    'affine.b': [[V], 0],
  }),
  states: ['lstm.h', 'lstm.c'],
});

describe('Rnnlm, against NumPy', () => {
  const [{ options, inputs, expected, weights: fingerprints }] = tinyTrajectory.cases;
  const { N, T, D, H, V } = options;

  it('follows 40 steps of training, losses, gradient norms and weights', async () => {
    const backend = new ReferenceBackend();
    const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: D, hiddenSize: H, dtype: 'f64' });
    const weights = trajectoryWeights(Random, options);
    const heads: Record<string, { first: number[] }> = fingerprints;
    for (const { name, value } of model.params) {
      value.write(weights.get(name)?.data ?? []);
      expect(Array.from((await value.read()).subarray(0, 4)), name).toEqual(heads[name].first);
    }

    const corpus = inputs.corpus.data;
    const jump = Math.floor((corpus.length - 1) / N);
    const [xs, ts] = [zeros(backend, [N, T], 'i32'), zeros(backend, [N, T], 'i32')];
    const [optimizer, memory] = [new SGD({ lr: options.lr }), new Memory()];
    const losses: number[] = [];
    const norms: number[] = [];
    for (let step = 0; step < options.steps; step++) {
      const positions = Array.from(
        { length: N * T },
        (_, i) => (Math.floor(i / T) * jump + step * T + (i % T)) % (corpus.length - 1),
      );
      xs.write(positions.map((position) => corpus[position]));
      ts.write(positions.map((position) => corpus[position + 1]));
      zeroGrads(model.params);
      losses.push(await model.forward(xs, ts).item());
      model.backward();
      norms.push(await clipGrads(model.params, options.maxNorm, memory).item());
      optimizer.update(model.params);
    }
    expect(losses).toBeAllClose(expected.losses.data, { rtol: 1e-9, atol: 0 });
    expect(norms).toBeAllClose(expected.norms.data, { rtol: 1e-9, atol: 0 });

    const sums: Record<string, { data: number[] }> = expected;
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
});

describe('Rnnlm', () => {
  it('has the sizes of the book unless told others', () => {
    const backend = new ReferenceBackend();
    const model = new Rnnlm({ backend });
    expect(model.config).toEqual({ model: 'rnnlm', vocabSize: 10000, wordvecSize: 100, hiddenSize: 100 });
    expect(model.params[0].value.dtype).toBe('f32');
  });
});
