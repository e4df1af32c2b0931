import { TimeAffine, TimeEmbedding, TimeGRU } from '@unroll/layers';
import { ReferenceBackend, ShapeError, StateError, tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { createModel } from './create-model.ts';
import { InitialWeights } from './initial-weights.ts';
import { LanguageModel } from './language-model.ts';

describe('a LanguageModel', () => {
  const backend = new ReferenceBackend();
  const [V, H] = [6, 4];
  const makeOwn = () => {
    const weights = new InitialWeights({ backend, dtype: 'f64' });
    const gru = new TimeGRU(
      weights.normal('gru.Wx', [H, 3 * H], 0.5),
      weights.normal('gru.Wh', [H, 3 * H], 0.5),
      weights.zeros('gru.b', [3 * H]),
      { stateful: true },
    );
    const layers = {
      embed: new TimeEmbedding(weights.normal('embed.W', [V, H], 1)),
      gru,
      affine: new TimeAffine(weights.normal('affine.W', [H, V], 0.5), weights.zeros('affine.b', [V])),
    };
    return new LanguageModel({
      config: { model: 'mine', vocabSize: V, wordvecSize: H, hiddenSize: H },
      weights,
      layers,
    });
  };
  const xs = tensor(backend, [0, 1, 2, 3, 4, 5], [2, 3], 'i32');

  it('is made of any layers, whose state has their names', async () => {
    const model = makeOwn();
    expect(model.predict(xs).shape).toEqual([2, 3, V]);
    expect([...(await model.getState()).keys()]).toEqual(['gru.h']);
  });

  it('shows what its output layer read', async () => {
    const model = makeOwn();
    expect(() => model.hs).toThrow(StateError);
    const scores = await model.predict(xs).read();
    expect(model.hs.shape).toEqual([2, 3, H]);
    const again = model.layers[2].forward(model.hs);
    expect(await again.read()).toEqual(scores);
  });

  it('shows nothing after a block that was refused', () => {
    const model = makeOwn();
    model.predict(xs);
    expect(() => model.predict(tensor(backend, [V], [1, 1], 'i32'))).toThrow();
    expect(() => model.hs).toThrow(StateError);
  });

  it('has a parameter that layers share once', () => {
    const weights = new InitialWeights({ backend, dtype: 'f64' });
    const W = weights.normal('W', [V, V], 1);
    const b = weights.zeros('b', [V]);
    const layers = {
      embed: new TimeEmbedding(W),
      first: new TimeAffine(W, b),
      second: new TimeAffine(W, b),
    };
    const config = { model: 'mine', vocabSize: V, wordvecSize: V, hiddenSize: V };
    const model = new LanguageModel({ config, weights, layers });
    expect(model.params.map(({ name }) => name)).toEqual(['W', 'b']);
    expect(model.grads.length).toBe(2);
  });

  it('takes no state from layers that carry none', async () => {
    const weights = new InitialWeights({ backend, dtype: 'f64' });
    const layers = {
      embed: new TimeEmbedding(weights.normal('embed.W', [V, H], 1)),
      gru: new TimeGRU(
        weights.normal('gru.Wx', [H, 3 * H], 0.5),
        weights.normal('gru.Wh', [H, 3 * H], 0.5),
        weights.zeros('gru.b', [3 * H]),
      ),
      affine: new TimeAffine(weights.normal('affine.W', [H, V], 0.5), weights.zeros('affine.b', [V])),
    };
    const config = { model: 'mine', vocabSize: V, wordvecSize: H, hiddenSize: H };
    const model = new LanguageModel({ config, weights, layers });
    model.predict(xs);
    const state = await model.getState();
    expect(state.size).toBe(0);
    expect(() => model.setState(state)).not.toThrow();
  });

  it('takes all of a state or nothing of it', async () => {
    const model = createModel(
      { model: 'better-rnnlm', vocabSize: V, wordvecSize: H, hiddenSize: H },
      { backend },
    );
    model.predict(xs);
    const before = await model.getState();
    const changed = new Map(
      [...before].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => x + 1) }] as const),
    );
    const wide = { shape: [2, H + 1], data: new Float32Array(2 * (H + 1)) };
    expect(() => model.setState(new Map([...changed, ['lstm2.c', wide]]))).toThrow(ShapeError);
    expect(await model.getState()).toEqual(before);
    const more = { shape: [3, H], data: new Float32Array(3 * H) };
    expect(() => model.setState(new Map([...changed, ['lstm2.h', more], ['lstm2.c', more]]))).toThrow(
      'setState: expected states of one batch size, got 2 and 3',
    );
    expect(await model.getState()).toEqual(before);
  });

  it('draws the same masks after setState, also if a block was refused before', async () => {
    const config = { model: 'better-rnnlm', vocabSize: V, wordvecSize: H, hiddenSize: H };
    const [model, other] = [1, 1].map((seed) => createModel(config, { backend, seed }));
    const ts = tensor(backend, [1, 2, 3, 4, 5, 0], [2, 3], 'i32');
    model.forward(xs, ts);
    expect(() => model.predict(tensor(backend, [1, 2, 3], [3, 1], 'i32'))).toThrow(StateError);
    other.setState(await model.getState());
    const loss = await model.forward(xs, ts).item();
    expect(await other.forward(xs, ts).item()).toBe(loss);
  });

  it('refuses a count of masks that is none', () => {
    const state = new Map([['masks', { shape: [1], data: Float64Array.of(-1) }]]);
    expect(() => makeOwn().setState(state)).toThrow(
      'setState: expected masks to be a whole number from 0, got -1; is it damaged?',
    );
  });
});
