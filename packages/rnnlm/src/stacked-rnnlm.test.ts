import { gradientCheck } from '@unroll/conformance';
import { ActivationRegularizer, TemporalActivationRegularizer } from '@unroll/losses';
import { SGD, zeroGrads } from '@unroll/optimizers';
import { Random, ReferenceBackend, ShapeError, type Tensor, tensor, ValueError } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeModel } from '../test/describe-model.ts';
import { BetterRnnlm } from './better-rnnlm.ts';
import { cellNames, cellsThatForget, cellsWithWh } from './cells.ts';
import type { LanguageModel, ModelOptions } from './language-model.ts';
import { headNames, type StackConfig } from './model-config.ts';
import { Rnnlm } from './rnnlm.ts';
import { StackedRnnlm } from './stacked-rnnlm.ts';

const [V, D, H] = [7, 4, 5];
const random = new Random(12);

const make = (stack: StackConfig, options: Partial<ModelOptions> = {}) =>
  new StackedRnnlm({
    ...{
      backend: new ReferenceBackend(),
      vocabSize: V,
      wordvecSize: D,
      hiddenSize: H,
      seed: 3,
      dtype: 'f64',
    },
    ...options,
    ...stack,
  });

/** To begin another model with. */
async function weightsOf({ params }: LanguageModel, rename = (name: string): string => name) {
  const read = params.map(
    async ({ name, value }) => [rename(name), { shape: value.shape, data: await value.read() }] as const,
  );
  return new Map(await Promise.all(read));
}

const ids = ({ backend }: StackedRnnlm, N: number, T: number): Tensor =>
  tensor(
    backend,
    Array.from({ length: N * T }, () => random.integer(V)),
    [N, T],
    'i32',
  );

const isPenalty = (layer: object): layer is ActivationRegularizer | TemporalActivationRegularizer =>
  layer instanceof ActivationRegularizer || layer instanceof TemporalActivationRegularizer;

const everyDropout = { words: 0.2, input: 0.3, hidden: 0.3, output: 0.3 };

describeModel('StackedRnnlm', {
  make: (options) => new StackedRnnlm({ ...options, layers: 2, head: 'projected', forgetBias: 0 }),
  model: 'stacked-rnnlm',
  weights: (V, D, H) => ({
    'embed.W': [[V, D], 0.1],
    'lstm1.Wx': [[D, 4 * H], 1 / Math.sqrt(D)],
    'lstm1.Wh': [[H, 4 * H], 1 / Math.sqrt(H)],
    'lstm1.b': [[4 * H], 0],
    'lstm2.Wx': [[H, 4 * H], 1 / Math.sqrt(H)],
    'lstm2.Wh': [[H, 4 * H], 1 / Math.sqrt(H)],
    'lstm2.b': [[4 * H], 0],
    'projection.W': [[H, D], 1 / Math.sqrt(H)],
    'affine.b': [[V], 0],
  }),
  states: ['lstm1.h', 'lstm1.c', 'lstm2.h', 'lstm2.c'],
  config: {
    cell: 'lstm',
    layers: 2,
    head: 'projected',
    layerNorm: false,
    forgetBias: 0,
    dropouts: {},
    penalties: {},
    smoothing: 0,
  },
});

describe('the gradients of a stack', () => {
  const stacks: StackConfig[] = cellNames.flatMap((cell) =>
    headNames.map((head) => ({
      ...{ cell, head, layers: 2, layerNorm: head === 'affine', smoothing: 0.1 },
      ...(cell === 'projected-lstm' && { projectionSize: 3 }),
      penalties: { activation: 0.2, temporal: 0.1 },
      dropouts: { ...everyDropout, weights: cellsWithWh.includes(cell) ? 0.3 : 0 },
    })),
  );

  it.each(stacks)(
    'are those of central differences, with all that is dropped: $cell, $head',
    async (stack) => {
      const model = make(stack);
      // Embeddings begin so small that the recurrent weights would hardly matter.
      model.backend.scale(model.params[0].value, 50);
      for (let block = 0; block < 2; block++) {
        const [xs, ts] = [ids(model, 2, 3), ids(model, 2, 3)];
        const state = await model.getState();
        const forward = () => {
          model.setState(state); // the masks too are the same again
          return model.forward(xs, ts);
        };
        const penalties = model.layers.filter((layer) => isPenalty(layer));
        expect(penalties).toHaveLength(2);
        const errors = await gradientCheck({
          values: Object.fromEntries(model.params.map(({ name, value }) => [name, value])),
          loss: async () => {
            let loss = await forward().item();
            for (const penalty of penalties) loss += await penalty.loss.item();
            return loss;
          },
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
    },
  );
});

describe('StackedRnnlm', () => {
  it('is the Rnnlm when it has one LSTM and an output of its own', async () => {
    const rnnlm = new Rnnlm({ backend: new ReferenceBackend(), vocabSize: V, wordvecSize: D, hiddenSize: H });
    const weights = await weightsOf(rnnlm, (name) => name.replace('lstm', 'lstm1'));
    const stacked = make({}, { weights, dtype: 'f32' });
    expect(stacked.params.map(({ name }) => name)).toEqual([...weights.keys()]);
    const [xs, ts] = [ids(stacked, 3, 4), ids(stacked, 3, 4)];
    for (const model of [rnnlm, stacked]) {
      const [x, t] = await Promise.all(
        [xs, ts].map(async (x) => tensor(model.backend, await x.read(), x.shape, 'i32')),
      );
      model.forward(x, t);
      model.backward();
    }
    for (const [i, { grad }] of stacked.params.entries()) {
      expect(await grad.read()).toEqual(await rnnlm.params[i].grad.read());
    }
  });

  it('is the BetterRnnlm when it has two LSTMs, a tied output and a mask for each step', async () => {
    const sizes = { vocabSize: V, wordvecSize: H, hiddenSize: H, seed: 3, dtype: 'f64' } as const;
    const better = new BetterRnnlm({ backend: new ReferenceBackend(), ...sizes, dropout: 0.4 });
    const weights = await weightsOf(better);
    const dropouts = { input: 0.4, hidden: 0.4, output: 0.4, locked: false };
    const stacked = make({ layers: 2, head: 'tied', dropouts }, { ...sizes, weights });
    expect(stacked.params.map(({ name }) => name)).toEqual([...weights.keys()]);
    const data = Array.from({ length: 12 }, () => random.integer(V));
    const losses = await Promise.all(
      [better, stacked].map((model) => {
        const [x, t] = [data.slice(0, 6), data.slice(6)].map((d) => tensor(model.backend, d, [2, 3], 'i32'));
        const loss = model.forward(x, t);
        model.backward();
        return loss.item();
      }),
    );
    expect(losses[1]).toBe(losses[0]);
    for (const [i, { grad }] of stacked.params.entries()) {
      expect(await grad.read()).toEqual(await better.params[i].grad.read());
    }
  });

  it('drops nothing when it is not training', async () => {
    const dropouts = { ...everyDropout, weights: 0.4 };
    const [plain, dropping] = [make({ layers: 2 }), make({ layers: 2, dropouts, smoothing: 0.3 })];
    const weights = await Promise.all(plain.params.map(({ value }) => value.read()));
    for (const [i, { value }] of dropping.params.entries()) value.write(weights[i]);
    const [xs, ts] = [ids(plain, 2, 5), ids(plain, 2, 5)];
    const values = await Promise.all([xs, ts].map((x) => x.read()));
    const [x, t] = values.map((data) => tensor(dropping.backend, data, [2, 5], 'i32'));
    const expected = await plain.forward(xs, ts).item();
    expect(await dropping.forward(x, t).item()).not.toBe(expected);
    dropping.resetState();
    dropping.training = false;
    expect(await dropping.forward(x, t).item()).toBe(expected);
  });

  it.each(cellNames)('goes on with the same masks from a state that was saved: %s', async (cell) => {
    const dropouts = { ...everyDropout, weights: cellsWithWh.includes(cell) ? 0.3 : 0 };
    const stack: StackConfig = { cell, layers: 2, dropouts, head: 'tied' };
    const step = async (model: StackedRnnlm, blocks: readonly (readonly number[])[]) => {
      const optimizer = new SGD({ lr: 0.5 });
      const losses: number[] = [];
      for (const values of blocks) {
        const [xs, ts] = [values.slice(0, 6), values.slice(1)].map((data) =>
          tensor(model.backend, data, [2, 3], 'i32'),
        );
        zeroGrads(model.params);
        losses.push(await model.forward(xs, ts).item());
        model.backward();
        optimizer.update(model.params);
      }
      return losses;
    };
    const blocks = Array.from({ length: 6 }, () => Array.from({ length: 7 }, () => random.integer(V)));
    const [whole, first, second] = [make(stack), make(stack), make(stack, { seed: 3 })];
    const losses = await step(whole, blocks);
    const begun = await step(first, blocks.slice(0, 3));
    const state = await first.getState();
    expect([...(state.get('masks')?.data ?? [])]).toEqual([3]);
    for (const [i, { value }] of second.params.entries()) value.write(await first.params[i].value.read());
    second.setState(state);
    expect([...begun, ...(await step(second, blocks.slice(3)))]).toEqual(losses);
    expect(new Set(losses).size).toBe(6);
  });

  it('has penalties that move the gradient and not the loss', async () => {
    const [plain, held] = [{}, { penalties: { activation: 2, temporal: 1 } }].map((stack) => make(stack));
    const data = Array.from({ length: 12 }, () => random.integer(V));
    const grads = await Promise.all(
      [plain, held].map(async (model) => {
        const [xs, ts] = [data.slice(0, 6), data.slice(6)].map((d) =>
          tensor(model.backend, d, [2, 3], 'i32'),
        );
        const loss = await model.forward(xs, ts).item();
        model.backward();
        return [loss, await model.params[1].grad.read()] as const;
      }),
    );
    expect(grads[1][0]).toBe(grads[0][0]);
    expect(grads[1][1]).not.toEqual(grads[0][1]);
  });

  it('begins the forget gates with forgetBias, and nothing else', async () => {
    for (const cell of cellsThatForget) {
      const model = make({ cell, forgetBias: 1, head: 'affine' });
      const b = Array.from((await model.params.find(({ name }) => name === 'lstm1.b')?.value.read()) ?? []);
      expect(b.slice(0, H), cell).toEqual(Array.from({ length: H }, () => 1));
      expect(new Set(b.slice(H)), cell).toEqual(new Set([0]));
    }
  });

  it('has a last layer of D units when it is tied, and H in the others', () => {
    const shapes = Object.fromEntries(
      make({ layers: 3, head: 'tied' }).params.map(({ name, value }) => [name, value.shape]),
    );
    expect(shapes['lstm1.Wh']).toEqual([H, 4 * H]);
    expect(shapes['lstm2.Wx']).toEqual([H, 4 * H]);
    expect(shapes['lstm3.Wh']).toEqual([D, 4 * D]);
    expect(shapes).not.toHaveProperty('affine.W');
  });

  it.each([
    [{ cell: 'gpt' }, 'expected cell to be one of rnn, lstm,'],
    [{ head: 'none' }, 'expected head to be one of affine, tied, projected, got none'],
    [{ layers: 0 }, 'expected layers to be a whole number from 1, got 0'],
    [{ dropouts: { words: 1 } }, 'expected dropouts.words to be a number from 0 up to 1, without 1, got 1'],
    [{ penalties: { temporal: -1 } }, 'expected penalties.temporal to be a number from 0, got -1'],
    [{ cell: 'qrnn', dropouts: { weights: 0.5 } }, 'expected dropouts.weights with a cell of lstm, '],
    [{ cell: 'gru', forgetBias: 1 }, 'expected forgetBias with a cell of lstm, '],
    [{ projectionSize: 3 }, 'expected projectionSize with a cell of projected-lstm, got lstm'],
    [{ cell: 'gru', forgetBias: Number.NaN }, 'expected forgetBias to be a number, got NaN'],
    [
      { dropouts: { outptu: 0.5 } },
      'expected dropouts of words, input, hidden, output, weights, locked, got outptu',
    ],
    [{ penalties: { alpha: 2 } }, 'expected penalties of activation, temporal, got alpha'],
    [{ smoothing: 1 }, 'expected smoothing to be a number from 0 up to 1, without 1, got 1'],
  ])('refuses %j', (stack, message) => {
    const backend = new ReferenceBackend();
    const refused = () => make(stack as StackConfig, { backend });
    expect(refused).toThrow(ValueError);
    expect(refused).toThrow(message);
    expect(backend.bytes).toBe(0);
  });

  it('takes weights that are given, and refuses those of another model', () => {
    const embed = { shape: [V, D], data: new Float64Array(V * D) };
    const backend = new ReferenceBackend();
    const wrong = () => make({}, { weights: new Map([['embed.W', { ...embed, shape: [V, D + 1] }]]) });
    expect(wrong).toThrow(
      new ShapeError('weights: expected embed.W (7, 4), got (7, 5); are they of another model?'),
    );
    expect(() => make({}, { backend, weights: new Map([['embed.W', embed]]) })).toThrow(
      'expected lstm1.Wx (4, 20), got none',
    );
    expect(backend.bytes).toBe(0);
  });
});
