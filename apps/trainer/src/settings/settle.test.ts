import { describe, expect, it } from 'vitest';
import { UsageError } from '../exit-code.ts';
import { resolveSettings } from './layers.ts';
import { recipeLayer, recipes } from './recipes.ts';
import { settle } from './settle.ts';

const stack = { name: 'stacked-rnnlm' };
const settled = (values: object, recipe?: string) =>
  settle(resolveSettings([...(recipe ? [recipeLayer(recipe)] : []), { origin: 'my.yaml', values }]));

describe('settings that do something only with others', () => {
  it.each([
    [{ model: { layers: 2 } }, '--layers goes with --model stacked-rnnlm, not with rnnlm'],
    [{ model: { layerNorm: true } }, '--layer-norm goes with --model stacked-rnnlm, not with rnnlm'],
    [{ regularization: { dropout: 0.5 } }, '--dropout goes with --model better-rnnlm or stacked-rnnlm'],
    [
      { model: { name: 'better-rnnlm' }, regularization: { labelSmoothing: 0.1 } },
      '--label-smoothing goes with --model stacked-rnnlm, not with better-rnnlm',
    ],
    [
      { model: { ...stack, projectionSize: 5 } },
      '--projection-size goes with --cell projected-lstm, not with lstm',
    ],
    [
      { model: { ...stack, cell: 'projected-lstm', head: 'tied', projectionSize: 5 } },
      '--projection-size goes with --layers 2 or more where the output is tied',
    ],
    [
      { model: { ...stack, cell: 'qrnn' }, regularization: { dropoutWeights: 0.2 } },
      '--dropout-weights goes with --cell lstm, capped-lstm, coupled-lstm, projected-lstm, rnn or gru, not with qrnn',
    ],
    [
      { model: { ...stack, cell: 'gru', forgetBias: 1 } },
      '--forget-bias goes with --cell lstm, capped-lstm, coupled-lstm or projected-lstm, not with gru',
    ],
    [
      { model: stack, regularization: { dropoutHidden: 0.5 } },
      '--dropout-hidden goes with --layers 2 or more',
    ],
    [{ model: stack, regularization: { dropoutPerStep: true } }, '--dropout-per-step goes with --dropout'],
    [
      { model: { ...stack, forgetBias: 1, weights: 'runs/a' } },
      '--forget-bias goes with weights that are drawn, not with --weights',
    ],
    [
      { model: { ...stack, head: 'tied', wordvecSize: 8, hiddenSize: 500 } },
      'a single layer with --head tied has as many units as --wordvec-size, 8, not 500',
    ],
    [
      { model: { outputBias: 'counts', weights: 'runs/a' } },
      '--output-bias goes with weights that are drawn, not with --weights',
    ],
    [
      { regularization: { weightDecay: 0.1 }, optimizer: { name: 'adam' } },
      '--weight-decay goes with --optimizer sgd or adamw, not with adam',
    ],
    [{ optimizer: { averageDecay: 0.9 } }, '--average-decay goes with --average ema, not with none'],
    [
      { optimizer: { average: 'ema', averagePatience: 2 } },
      '--average-patience goes with --average asgd, not with ema',
    ],
    [
      { schedule: { warmup: 3 } },
      '--warmup goes with --schedule warmup, linear or cosine, not with constant',
    ],
  ])('are refused without: %j', (values, message) => {
    expect(() => settled(values)).toThrow(UsageError);
    expect(() => settled(values)).toThrow(`my.yaml: ${message}`);
  });

  it('name only the option where that is where they stand', () => {
    const layer = { origin: '--layers', values: { model: { layers: 2 } } };
    expect(() => settle(resolveSettings([layer]))).toThrow(/^--layers goes with/);
  });

  it('may be 0 or false anywhere', () => {
    const values = {
      regularization: { dropout: 0, weightDecay: 0, dropoutPerStep: false },
      optimizer: { name: 'adam' },
    };
    expect(settled(values).settings.regularization).toMatchObject(values.regularization);
  });

  it('say of one tied layer the size that it has, whoever said another', () => {
    const tied = { ...stack, head: 'tied', wordvecSize: 256 };
    expect(settled({ model: tied }).settings.model.hiddenSize).toBe(256);
    expect(settled({ model: { ...tied, hiddenSize: 256 } }).settings.model.hiddenSize).toBe(256);
    expect(settled({ model: { head: 'tied' } }, 'hour').settings.model.hiddenSize).toBe(256);
    const folder = { ...tied, hiddenSize: 100, cell: 'projected-lstm', projectionSize: 256 };
    const { settings } = settle(
      resolveSettings([
        { origin: 'my.yaml', values: { model: { weights: 'runs/a' } } },
        { origin: 'runs/a', values: { model: folder } },
      ]),
    );
    expect(settings.model.hiddenSize).toBe(256);
    expect(settings.model.projectionSize).toBeUndefined();
  });

  it('of a recipe give way to what is said beside it', () => {
    const { settings, origins } = settled(
      { model: { name: 'rnnlm' }, optimizer: { name: 'adam', average: 'ema' } },
      'awd-lstm',
    );
    expect(settings.model).toMatchObject({ name: 'rnnlm', wordvecSize: 400, hiddenSize: 1150 });
    for (const [group, name] of [
      ...[['model', 'layers'] as const, ['model', 'head'] as const],
      ...[['regularization', 'dropoutWeights'] as const, ['regularization', 'weightDecay'] as const],
      ['optimizer', 'averagePatience'] as const,
    ]) {
      expect((settings[group] as Record<string, unknown>)[name], name).toBeUndefined();
      expect(origins.has(`${group}.${name}`), name).toBe(false);
    }
    expect(settings.training).toMatchObject({ timeSize: 70, randomLength: true });
  });

  it.each(Object.keys(recipes))('of the recipe %s give way to another cell', (name) => {
    const { settings } = settled({ model: { ...stack, cell: 'qrnn' } }, name);
    expect(settings.model.cell).toBe('qrnn');
    expect(settings.regularization.dropoutWeights).toBeUndefined();
  });

  it.each(Object.keys(recipes))('fit together in the recipe %s', (name) => {
    const resolved = resolveSettings([recipeLayer(name)]);
    expect(settle(resolved)).toEqual(resolved);
  });
});
