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
