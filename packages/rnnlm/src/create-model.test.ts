import { ReferenceBackend, ValueError } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { createModel, modelNames } from './create-model.ts';
import { Rnnlm } from './rnnlm.ts';
import { SimpleRnnlm } from './simple-rnnlm.ts';

const sizes = { vocabSize: 7, wordvecSize: 4, hiddenSize: 5 };
const backend = new ReferenceBackend();

describe('createModel', () => {
  it.each(modelNames)('makes the model that a configuration names: %s', (model) => {
    const config = { model, ...sizes, wordvecSize: sizes.hiddenSize };
    const made = createModel(config, { backend });
    expect(made.config).toMatchObject(config);
    // What it says of itself makes the same model.
    expect(createModel(made.config, { backend }).config).toEqual(made.config);
  });

  it('knows both classes by their names', () => {
    expect(createModel({ model: 'rnnlm', ...sizes }, { backend })).toBeInstanceOf(Rnnlm);
    expect(createModel({ model: 'simple-rnnlm', ...sizes }, { backend })).toBeInstanceOf(SimpleRnnlm);
  });

  it.each([
    ['rnnlm', { layers: 3 }, 'layers with stacked-rnnlm alone, got it with rnnlm'],
    [
      'better-rnnlm',
      { dropouts: { input: 0.5 } },
      'dropouts with stacked-rnnlm alone, got it with better-rnnlm',
    ],
    ['stacked-rnnlm', { dropout: 0.5 }, 'dropout with better-rnnlm alone, got it with stacked-rnnlm'],
  ])('refuses what would do nothing in %s: %j', (model, more, message) => {
    const config = { model, ...sizes, wordvecSize: sizes.hiddenSize, ...more };
    expect(() => createModel(config, { backend })).toThrow(
      new ValueError(`createModel: expected ${message}; leave it out`),
    );
  });

  it('hands on seed and type', async () => {
    const config = { model: 'rnnlm', ...sizes };
    const made = createModel(config, { backend, seed: 9, dtype: 'f64' });
    const expected = new Rnnlm({ backend, ...sizes, seed: 9, dtype: 'f64' });
    expect(await made.params[0].value.read()).toEqual(await expected.params[0].value.read());
  });

  it.each(['gpt', '', 'toString', '__proto__'])('refuses a name that it does not know: %s', (model) => {
    expect(() => createModel({ model, ...sizes }, { backend })).toThrow(
      new ValueError(
        `createModel: expected one of simple-rnnlm, rnnlm, better-rnnlm, stacked-rnnlm, got ${model}`,
      ),
    );
  });
});
