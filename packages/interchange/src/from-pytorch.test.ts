import { assignParams, CheckpointError, type NamedArray, serializeSafetensors } from '@unroll/checkpoint';
import { findCase } from '@unroll/fixtures/find-case';
import fixture from '@unroll/fixtures/pytorch-module.json' with { type: 'json' };
import { createModel } from '@unroll/rnnlm';
import { ReferenceBackend, tensor } from '@unroll/tensor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomModel } from '../test/random-model.ts';
import { fromPyTorch } from './from-pytorch.ts';
import { toPyTorch } from './to-pytorch.ts';

const lstm = { model: 'rnnlm', vocabSize: 7, wordvecSize: 3, hiddenSize: 4 };
const rnn = { ...lstm, model: 'simple-rnnlm' };

/** The state_dict of a case that PyTorch made. */
function stateDict(name: string): Map<string, NamedArray> {
  const weights = Object.entries(findCase(fixture, name).inputs).filter(([key]) => !key.startsWith('ids'));
  return new Map(
    weights.map(([key, { shape, data }]) => [key, { dtype: 'f64', shape, data: Float64Array.from(data) }]),
  );
}

describe.each([
  ['lstm', 'rnnlm'],
  ['rnn', 'simple-rnnlm'],
])('the state_dict of a PyTorch module with %s', (name, model) => {
  it('becomes a model that gives the logits of PyTorch, block after block', async () => {
    const { options, inputs, expected } = findCase(fixture, name);
    const { config, tensors } = fromPyTorch(stateDict(name));
    expect(config).toEqual({ model, ...options });
    const made = createModel(config, { backend: new ReferenceBackend(), dtype: 'f64' });
    assignParams(made.params, tensors, name);
    for (const block of ['1', '2']) {
      const { shape, data } = inputs[`ids${block}`];
      const scores = await made.predict(tensor(made.backend, data, shape, 'i32')).read();
      const logits = expected[`logits${block}`].data;
      expect(scores).toHaveLength(logits.length);
      logits.forEach((logit, i) => {
        expect(scores[i]).toBeCloseTo(logit, 12);
      });
    }
  });

  it('comes back as it was, with the sum of its biases in one of them', () => {
    const before = stateDict(name);
    const { config, tensors } = fromPyTorch(before);
    const after = toPyTorch(config, tensors);
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [key, array] of before) {
      if (key.includes('bias_')) continue;
      expect(after.get(key)).toEqual(array);
    }
    const [ih, hh] = ['ih', 'hh'].map((side) => before.get(`${name}.bias_${side}_l0`)?.data ?? []);
    expect(after.get(`${name}.bias_ih_l0`)?.data).toEqual(Float64Array.from(ih, (value, i) => value + hh[i]));
    expect(after.get(`${name}.bias_hh_l0`)?.data).toEqual(new Float64Array(ih.length));
  });
});

describe.each([lstm, rnn])('the weights of $model', (config) => {
  it('are the same bits after the way to PyTorch and back, whatever their sizes', () => {
    const size = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(size, size, size, fc.nat(), (vocabSize, wordvecSize, hiddenSize, seed) => {
        const sizes = { model: config.model, vocabSize, wordvecSize, hiddenSize };
        const { tensors } = randomModel(sizes, seed);
        const [b] = [...tensors.values()].filter(({ shape }) => shape.length === 1);
        b.data[0] = -0;
        const back = fromPyTorch(toPyTorch(sizes, tensors));
        expect(back.config).toEqual(sizes);
        expect(serializeSafetensors(back.tensors)).toEqual(serializeSafetensors(tensors));
      }),
    );
  });
});

describe('fromPyTorch refuses', () => {
  const f32 = (...shape: number[]): NamedArray => ({
    dtype: 'f32',
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });

  /** The tensors of an LSTM after a change. */
  function changed(change: (tensors: Map<string, NamedArray>) => void): () => void {
    const tensors = toPyTorch(lstm, randomModel(lstm).tensors);
    change(tensors);
    return () => fromPyTorch(tensors, 'other.safetensors');
  }

  const refusals: [what: string, change: (tensors: Map<string, NamedArray>) => void, message: string][] = [
    ['no tensors at all', (t) => t.clear(), 'lacks "embedding.weight", "lstm.weight_ih_l0"'],
    ['a missing tensor', (t) => t.delete('linear.bias'), 'lacks "linear.bias"'],
    ['a second layer', (t) => t.set('lstm.weight_ih_l1', f32(1)), 'has "lstm.weight_ih_l1" besides'],
    ['a tensor called __proto__', (t) => t.set('__proto__', f32(1)), 'has "__proto__" besides'],
    ['an LSTM and an RNN', (t) => t.set('rnn.weight_hh_l0', f32(4, 4)), 'lacks "rnn.weight_ih_l0"'],
    [
      'an embedding that is no matrix',
      (t) => t.set('embedding.weight', f32(21)),
      'expected a matrix with sizes from 1, got the shape (21)',
    ],
    [
      'an empty embedding',
      (t) => t.set('embedding.weight', f32(0, 3)),
      'expected a matrix with sizes from 1, got the shape (0, 3)',
    ],
    [
      'sizes that are no whole numbers',
      (t) => t.set('embedding.weight', { ...f32(2), shape: [0.5, 4] }),
      'got the shape (0.5, 4)',
    ],
    [
      'a shape of a thousand axes',
      (t) => t.set('embedding.weight', f32(...new Array(1000).fill(1))),
      'got the shape (1, 1, 1, 1, 1, 1, 1, 1, …)',
    ],
    [
      'the rows of one gate alone',
      (t) => t.set('lstm.weight_ih_l0', f32(4, 3)),
      '"lstm.weight_ih_l0": expected the shape (16, 3), got (4, 3)',
    ],
    [
      'a matrix that was not transposed',
      (t) => t.set('linear.weight', f32(4, 7)),
      '"linear.weight": expected the shape (7, 4), got (4, 7)',
    ],
    [
      'a shape that claims more than the data has',
      (t) => t.set('linear.bias', { ...f32(7), data: new Float32Array(6) }),
      '"linear.bias": expected 7 numbers for (7), got 6',
    ],
    [
      'huge sizes that no data bears out',
      (t) => {
        t.set('embedding.weight', { ...f32(1), shape: [2 ** 52, 3] });
      },
      'numbers for (4503599627370496, 3), got 1',
    ],
    [
      'whole numbers',
      (t) => t.set('linear.bias', { dtype: 'i32', shape: [7], data: new Int32Array(7) }),
      '"linear.bias": expected numbers of type f32 or f64, got i32',
    ],
    [
      'weights that are not numbers',
      (t) => t.set('linear.bias', { ...f32(7), data: new Float32Array(7).fill(Number.NaN, 3) }),
      '"linear.bias": expected finite numbers, got NaN at 3',
    ],
    [
      'weights that are infinite in single precision',
      (t) => t.set('linear.bias', { dtype: 'f64', shape: [7], data: new Float64Array(7).fill(1e300) }),
      '"linear.bias": expected finite numbers, got 1e+300 at 0',
    ],
    [
      'names that would flood a terminal',
      (t) => t.set(`\u001b[2J${'x'.repeat(1e6)}`, f32(1)),
      `has "\\u001b[2J${'x'.repeat(76)}" besides`,
    ],
  ];

  it.each(refusals)('%s', (_, change, message) => {
    expect(changed(change)).toThrow(CheckpointError);
    expect(changed(change)).toThrow(message);
    expect(changed(change)).toThrow(/^other\.safetensors: /);
    expect(changed(change)).toThrow('Save the state_dict of a module with an nn.Embedding called embedding');
  });
});
