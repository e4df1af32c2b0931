import { TimeEmbedding } from '@unroll/layers';
import { ReferenceBackend, tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { createModel, modelNames } from './create-model.ts';
import { InitialWeights } from './initial-weights.ts';
import { LanguageModel } from './language-model.ts';
import { setOutputBias } from './output-bias.ts';

describe('setOutputBias', () => {
  const backend = new ReferenceBackend();
  const sizes = { vocabSize: 3, wordvecSize: 2, hiddenSize: 2 };

  it.each(modelNames)('makes a %s whose other weights are zeros predict what was counted', async (name) => {
    const model = createModel({ model: name, ...sizes }, { backend, dtype: 'f64' });
    model.training = false;
    for (const { value } of model.params) backend.fill(value, 0);
    setOutputBias(model, [0, 0, 0, 1]);
    // Each token is counted once more: 4, 2 and 1 of 7.
    for (const [id, count] of [4, 2, 1].entries()) {
      const loss = model.forward(tensor(backend, [2], [1, 1], 'i32'), tensor(backend, [id], [1, 1], 'i32'));
      expect((await loss.read())[0]).toBeCloseTo(-Math.log(count / 7), 12);
    }
  });

  it('refuses ids that the model does not have', () => {
    const model = createModel({ model: 'rnnlm', ...sizes }, { backend });
    for (const id of [3, -1, 1.5, Number.NaN]) {
      expect(() => setOutputBias(model, [0, id])).toThrow(
        `setOutputBias: expected ids from 0 to 2, got ${id}`,
      );
    }
  });

  it('refuses a model whose last layer has no bias', () => {
    const weights = new InitialWeights({ backend });
    const embed = new TimeEmbedding(weights.normal('embed.W', [3, 2], 1));
    const model = new LanguageModel({ config: { model: 'mine', ...sizes }, weights, layers: { embed } });
    expect(() => setOutputBias(model, [0])).toThrow('to be a bias (3), got embed.W (3, 2)');
  });
});
