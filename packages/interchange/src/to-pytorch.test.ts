import type { NamedArray } from '@unroll/checkpoint';
import { describe, expect, it } from 'vitest';
import { gruStack, projectedStack } from '../test/models.ts';
import { randomModel } from '../test/random-model.ts';
import { toPyTorch } from './to-pytorch.ts';

const f32 = (shape: number[], ...values: number[]): NamedArray => ({
  dtype: 'f32',
  shape,
  data: Float32Array.from(values),
});

describe('toPyTorch', () => {
  it('transposes the matrices and brings the gates from f, g, i, o to i, f, g, o', () => {
    const config = { model: 'rnnlm', vocabSize: 1, wordvecSize: 2, hiddenSize: 1 };
    const ours = new Map([
      ['embed.W', f32([1, 2], 9, 8)],
      ['lstm.Wx', f32([2, 4], 1, 2, 3, 4, 10, 20, 30, 40)], // a row for each number of a word vector: f, g, i, o
      ['lstm.Wh', f32([1, 4], 5, 6, 7, 8)],
      ['lstm.b', f32([4], 0.1, 0.2, 0.3, 0.4)],
      ['affine.W', f32([1, 1], 0.5)],
      ['affine.b', f32([1], -1)],
    ]);
    expect([...toPyTorch(config, ours)]).toEqual([
      ['embedding.weight', f32([1, 2], 9, 8)],
      ['lstm.weight_ih_l0', f32([4, 2], 3, 30, 1, 10, 2, 20, 4, 40)],
      ['lstm.weight_hh_l0', f32([4, 1], 7, 5, 6, 8)],
      ['lstm.bias_ih_l0', f32([4], 0.3, 0.1, 0.2, 0.4)],
      ['lstm.bias_hh_l0', f32([4], 0, 0, 0, 0)],
      ['linear.weight', f32([1, 1], 0.5)],
      ['linear.bias', f32([1], -1)],
    ]);
  });

  it('numbers the layers of a stack as ours are, and leaves out what is tied', () => {
    const { config, tensors } = randomModel(projectedStack);
    const layer = (i: number) => [
      `lstm${i}.weight_ih_l0`,
      `lstm${i}.weight_hh_l0`,
      `lstm${i}.bias_ih_l0`,
      `lstm${i}.bias_hh_l0`,
      `norm${i}.weight`,
      `norm${i}.bias`,
    ];
    const theirs = toPyTorch(config, tensors);
    expect([...theirs.keys()]).toEqual([
      'embedding.weight',
      ...[1, 2, 3].flatMap(layer),
      'projection.weight',
      'linear.bias',
    ]);
    expect(theirs.get('lstm1.weight_ih_l0')?.shape).toEqual([64, 12]);
    expect(theirs.get('lstm2.weight_ih_l0')?.shape).toEqual([64, 16]);
    expect(theirs.get('projection.weight')?.shape).toEqual([12, 16]);
    expect(theirs.get('norm2.weight')).toBe(tensors.get('norm2.gain'));
  });

  it('refuses weights that are not those of the configuration', () => {
    const config = { model: 'rnnlm', vocabSize: 1, wordvecSize: 2, hiddenSize: 1 };
    expect(() => toPyTorch(config, new Map([['embed.W', f32([1, 2], 9, 8)]]))).toThrow(
      'toPyTorch: expected the tensors embed.W, lstm.Wx, lstm.Wh, lstm.b, affine.W, affine.b; ' +
        'lacks "lstm.Wx", "lstm.Wh", "lstm.b", "affine.W", "affine.b". Give the config.json and the model.safetensors of one model.',
    );
  });

  it('refuses a GRU, which PyTorch computes otherwise, and says what goes where', () => {
    expect(() => toPyTorch(gruStack, randomModel(gruStack).tensors)).toThrow(
      'toPyTorch: expected a cell that is one of lstm, rnn, got "gru". ' +
        'PyTorch takes lstm, rnn; ONNX takes lstm, rnn, gru; npz takes every model.',
    );
  });
});
