import { describe, expect, it } from 'vitest';
import { resolveSettings } from './layers.ts';
import { architectureOf, modelConfigOf } from './model-config.ts';

const configOf = (values: unknown) =>
  modelConfigOf(resolveSettings([{ origin: 'a test', values }]).settings, 50);

describe('the configuration of a model', () => {
  it('has name and sizes, and for rnnlm nothing else', () => {
    expect(configOf({})).toEqual({ model: 'rnnlm', vocabSize: 50, wordvecSize: 100, hiddenSize: 100 });
  });

  it('has dropout for better-rnnlm if it is said', () => {
    const sizes = { model: 'better-rnnlm', vocabSize: 50, wordvecSize: 100, hiddenSize: 100 };
    const model = { name: 'better-rnnlm' };
    expect(configOf({ model })).toEqual(sizes);
    expect(configOf({ model, regularization: { dropout: 0.2 } })).toEqual({ ...sizes, dropout: 0.2 });
  });

  it('of stacked-rnnlm has what is said, and --dropout for each place that has no share of its own', () => {
    expect(
      configOf({
        model: { name: 'stacked-rnnlm', layers: 3, head: 'tied', cell: 'qrnn' },
        regularization: { dropout: 0.4, dropoutHidden: 0.25, dropoutWords: 0.1, temporalPenalty: 1 },
      }),
    ).toEqual({
      model: 'stacked-rnnlm',
      ...{ vocabSize: 50, wordvecSize: 100, hiddenSize: 100 },
      ...{ cell: 'qrnn', layers: 3, head: 'tied', layerNorm: false },
      dropouts: { words: 0.1, input: 0.4, hidden: 0.25, output: 0.4, locked: true },
      penalties: { temporal: 1 },
    });
  });

  it('says which of its settings weights have fixed', () => {
    const config = configOf({
      model: { name: 'stacked-rnnlm', layers: 2, head: 'projected' },
      regularization: { dropout: 0.5 },
    });
    expect(architectureOf(config)).toEqual({
      ...{ name: 'stacked-rnnlm', wordvecSize: 100, hiddenSize: 100 },
      ...{ layers: 2, head: 'projected', layerNorm: false },
    });
  });
});
