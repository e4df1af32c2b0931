import { assignParams, CheckpointError, type NamedArray, serializeSafetensors } from '@unroll/checkpoint';
import { findCase } from '@unroll/fixtures/find-case';
import fixture from '@unroll/fixtures/pytorch-module.json' with { type: 'json' };
import { createModel, type ModelConfig } from '@unroll/rnnlm';
import { ReferenceBackend, tensor } from '@unroll/tensor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betterRnnlm, projectedStack } from '../test/models.ts';
import { randomModel } from '../test/random-model.ts';
import { randomBlocks, runModel } from '../test/run-model.ts';
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

const stack = { model: 'stacked-rnnlm', head: 'affine', layerNorm: false };

describe.each([
  ['lstm', { model: 'rnnlm' }],
  ['rnn', { model: 'simple-rnnlm' }],
  ['lstm-3', { ...stack, cell: 'lstm', layers: 3 }],
  ['rnn-2', { ...stack, cell: 'rnn', layers: 2 }],
])('the state_dict of a PyTorch module: %s', (name, made) => {
  it('becomes a model that gives the logits of PyTorch, block after block', async () => {
    const { options, inputs, expected } = findCase(fixture, name);
    const { config, tensors } = fromPyTorch(stateDict(name));
    expect(config).toEqual({ ...made, ...options });
    const model = createModel(config, { backend: new ReferenceBackend(), dtype: 'f64' });
    assignParams(model.params, tensors, name);
    for (const block of ['1', '2']) {
      const { shape, data } = inputs[`ids${block}`];
      const scores = await model.predict(tensor(model.backend, data, shape, 'i32')).read();
      const logits = expected[`logits${block}`].data;
      expect(scores).toHaveLength(logits.length);
      logits.forEach((logit, i) => {
        expect(scores[i]).toBeCloseTo(logit, 12);
      });
    }
  });
});

describe.each(['lstm', 'rnn'])('the state_dict of a PyTorch module with one %s', (name) => {
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

it('refuses a layer that is there twice, as l1 of one module and as a module of its own', () => {
  const tensors = stateDict('lstm-3');
  tensors.set('lstm2.bias_ih_l0', tensors.get('lstm.bias_ih_l1') as NamedArray);
  expect(() => fromPyTorch(tensors, 'm')).toThrow(
    'm: "lstm2.bias_ih_l0": expected one tensor of it, got two',
  );
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

describe('the weights of a stack', () => {
  it('are the same bits after the way to PyTorch and back, whatever it is made of', () => {
    const size = fc.integer({ min: 1, max: 6 });
    const anyStack = fc.record({
      vocabSize: size,
      wordvecSize: size,
      hiddenSize: size,
      cell: fc.constantFrom('lstm' as const, 'rnn' as const),
      layers: fc.integer({ min: 1, max: 3 }),
      head: fc.constantFrom('affine' as const, 'tied' as const, 'projected' as const),
      layerNorm: fc.boolean(),
    });
    fc.assert(
      fc.property(anyStack, fc.nat(), (stack, seed) => {
        fc.pre(stack.hiddenSize !== stack.wordvecSize); // where both are the same, some stacks are better-rnnlm
        const config = { model: 'stacked-rnnlm', ...stack };
        const { tensors } = randomModel(config, seed);
        const back = fromPyTorch(toPyTorch(config, tensors));
        expect(serializeSafetensors(back.tensors)).toEqual(serializeSafetensors(tensors));
        // The one layer of a tied output has D units, whatever H was.
        const hiddenSize = stack.layers === 1 && stack.head === 'tied' ? stack.wordvecSize : stack.hiddenSize;
        expect(back.config).toEqual({ ...config, hiddenSize });
      }),
    );
  });

  it('are those of better-rnnlm if that is what they are', () => {
    const { tensors } = randomModel(betterRnnlm);
    const back = fromPyTorch(toPyTorch(betterRnnlm, tensors));
    const { dropout, ...config } = betterRnnlm;
    expect(dropout).toBeDefined();
    expect(back.config).toEqual(config);
    expect(serializeSafetensors(back.tensors)).toEqual(serializeSafetensors(tensors));
  });

  it.each([
    ['better-rnnlm', betterRnnlm],
    ['projected stack', projectedStack],
  ])('of a %s may have the matrix of the embedding a second time', (_, config) => {
    const once = toPyTorch(config, randomModel(config).tensors);
    const { dtype, shape, data } = once.get('embedding.weight') as NamedArray;
    const twice = new Map([...once, ['linear.weight', { dtype, shape, data: data.slice() }]]);
    expect(fromPyTorch(twice)).toEqual(fromPyTorch(once));
  });

  it('are tied only if that matrix is the same', () => {
    const once = toPyTorch(betterRnnlm, randomModel(betterRnnlm).tensors);
    const { dtype, shape, data } = once.get('embedding.weight') as NamedArray;
    const other = { dtype, shape, data: data.slice().fill(0.5, -1) };
    const { config, tensors } = fromPyTorch(new Map([...once, ['linear.weight', other]]));
    expect(config).toMatchObject({ model: 'stacked-rnnlm', cell: 'lstm', layers: 2, head: 'affine' });
    expect(tensors.get('affine.W')?.data.at(-1)).toBe(0.5);
  });

  it('make a model that scores as the one they came from', async () => {
    const { model, tensors } = randomModel(projectedStack);
    const back = fromPyTorch(toPyTorch(projectedStack, tensors));
    const made = createModel(back.config, { backend: new ReferenceBackend() });
    assignParams(made.params, back.tensors, 'back');
    const blocks = randomBlocks(2, 3, 5, 50);
    expect(await runModel(made, blocks)).toEqual(await runModel(model, blocks));
  });
});

describe('fromPyTorch refuses', () => {
  const f32 = (...shape: number[]): NamedArray => ({
    dtype: 'f32',
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });

  /** The tensors of an LSTM after a change. */
  function changed(
    change: (tensors: Map<string, NamedArray>) => void,
    config: ModelConfig = lstm,
  ): () => void {
    const tensors = toPyTorch(config, randomModel(config).tensors);
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

  const stackRefusals: typeof refusals = [
    ['a gap', (t) => t.delete('lstm2.weight_hh_l0'), 'has "lstm2.weight_ih_l0", "lstm2.bias_ih_l0"'],
    [
      'a layer of another cell',
      (t) => t.set('rnn4.weight_hh_l0', f32(16, 16)),
      'has "rnn4.weight_hh_l0" besides',
    ],
    ['a layer without its norm', (t) => t.delete('norm3.bias'), 'lacks "norm3.bias"'],
    [
      'a layer of another size than the others',
      (t) => t.set('lstm3.weight_hh_l0', f32(60, 15)),
      '"lstm3.weight_hh_l0": expected the shape (64, 16), got (60, 15)',
    ],
    [
      'a norm of another size than its layer',
      (t) => t.set('norm2.weight', f32(12)),
      '"norm2.weight": expected the shape (16), got (12)',
    ],
    [
      'a projection to an output of its own',
      (t) => t.set('linear.weight', f32(50, 12)),
      'has "linear.weight" besides',
    ],
    [
      'a tied output that does not fit the last layer',
      (t) => t.delete('projection.weight'),
      '"lstm3.weight_ih_l0": expected the shape (48, 16), got (64, 16)',
    ],
  ];

  it.each(stackRefusals)('of a stack %s', (_, change, message) => {
    expect(changed(change, projectedStack)).toThrow(CheckpointError);
    expect(changed(change, projectedStack)).toThrow(message);
    expect(changed(change, projectedStack)).toThrow(
      'or several of them of one layer each, called lstm1, lstm2 and so on',
    );
  });

  it('more layers than anyone stacks', () => {
    const names = Array.from({ length: 1001 }, (_, i) => `rnn${i + 1}.weight_hh_l0`);
    const tensors = new Map(names.map((name) => [name, f32(1, 1)]));
    expect(() => fromPyTorch(tensors)).toThrow(
      'expected layers to be a whole number from 1 to 1000, got 1001',
    );
  });

  it.each(refusals)('%s', (_, change, message) => {
    expect(changed(change)).toThrow(CheckpointError);
    expect(changed(change)).toThrow(message);
    expect(changed(change)).toThrow(/^other\.safetensors: /);
    expect(changed(change)).toThrow('Save the state_dict of a module with an nn.Embedding called embedding');
  });
});
