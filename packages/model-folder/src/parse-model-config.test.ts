import { CheckpointError, type JsonObject, type JsonValue } from '@unroll/checkpoint';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from './parse-model-config.ts';

const sizes = { vocabSize: 10, wordvecSize: 4, hiddenSize: 5 };
const rnnlm = { model: 'rnnlm', ...sizes, tokenizer: 'char' };
const stacked = {
  ...{ model: 'stacked-rnnlm', ...sizes, tokenizer: 'bpe' },
  ...{
    cell: 'projected-lstm',
    layers: 3,
    head: 'tied',
    projectionSize: 4,
    layerNorm: true,
    forgetBias: -1.5,
  },
  dropouts: { words: 0.1, input: 0.2, hidden: 0, output: 0.4, weights: 0.5, locked: false },
  penalties: { activation: 2, temporal: 0 },
  smoothing: 0.1,
};
const parse = (config: JsonObject) => parseModelConfig(config, 'runs/first/config.json');

describe('what a config.json says of a model', () => {
  it.each([
    ['of the book', rnnlm],
    ['with one setting', { ...rnnlm, model: 'better-rnnlm', dropout: 0 }],
    ['with all settings', stacked],
  ])('%s is read', (_, config) => {
    expect(parse(config)).toEqual(config);
  });

  it('is all that is read: what else stands there is left out', () => {
    expect(parse({ ...rnnlm, note: 'mine', trained: { steps: 3 } })).toEqual(rnnlm);
    expect(parse(JSON.parse(`{"__proto__":{"layers":3},${JSON.stringify(rnnlm).slice(1)}`))).toEqual(rnnlm);
  });

  it.each<[name: string, value: JsonValue | undefined, message: string]>([
    [
      'model',
      undefined,
      'model to be one of simple-rnnlm, rnnlm, better-rnnlm, stacked-rnnlm, got undefined',
    ],
    [
      'model',
      '__proto__',
      'model to be one of simple-rnnlm, rnnlm, better-rnnlm, stacked-rnnlm, got "__proto__"',
    ],
    ['model', 'x'.repeat(50), `got "${'x'.repeat(40)}…"`],
    ['vocabSize', 0, 'vocabSize to be a whole number from 1, got 0'],
    ['vocabSize', 2 ** 53, 'vocabSize to be a whole number from 1, got 9007199254740992'],
    ['wordvecSize', 1.5, 'wordvecSize to be a whole number from 1, got 1.5'],
    ['hiddenSize', '5', 'hiddenSize to be a whole number from 1, got "5"'],
    ['tokenizer', null, 'tokenizer to be one of word, char, bpe, huggingface, got null'],
    ['dropout', 1, 'dropout to be a number from 0 to below 1, got 1'],
    ['cell', [], 'cell to be one of rnn, lstm'],
    ['layers', 101, 'layers to be a whole number from 1 to 100, got 101'],
    ['layers', null, 'layers to be a whole number from 1 to 100, got null'],
    ['head', {}, 'head to be one of affine, tied, projected, got an object'],
    ['layerNorm', 1, 'layerNorm to be true or false, got 1'],
    ['forgetBias', Number.POSITIVE_INFINITY, 'forgetBias to be a number, got Infinity'],
    ['smoothing', -0.1, 'smoothing to be a number from 0 to below 1, got -0.1'],
    [
      'dropouts',
      [0.5],
      'dropouts to be an object of words, input, hidden, output, weights, locked, got an array',
    ],
    [
      'dropouts',
      { all: 0.5 },
      'dropouts to be an object of words, input, hidden, output, weights, locked, got an object',
    ],
    ['dropouts', { words: 2 }, 'dropouts.words to be a number from 0 to below 1, got 2'],
    ['dropouts', { locked: 'yes' }, 'dropouts.locked to be true or false, got "yes"'],
    ['penalties', { temporal: -1 }, 'penalties.temporal to be a number from 0, got -1'],
  ])('is refused with %s %j', (name, value, message) => {
    const { [name]: _, ...rest } = stacked as JsonObject;
    const config = value === undefined ? rest : { ...rest, [name]: value };
    expect(() => parse(config)).toThrow(CheckpointError);
    expect(() => parse(config)).toThrow('runs/first/config.json: expected ');
    expect(() => parse(config)).toThrow(message);
  });
});
