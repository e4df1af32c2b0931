import { TimeAffine, TimeEmbedding, TimeGRU } from '@unroll/layers';
import { ReferenceBackend, StateError, tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
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

  it('refuses a count of masks that is none', () => {
    const state = new Map([['masks', { shape: [1], data: Float64Array.of(-1) }]]);
    expect(() => makeOwn().setState(state)).toThrow(
      'setState: expected masks to be a whole number from 0, got -1; is it damaged?',
    );
  });
});
