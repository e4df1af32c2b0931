import { describeLayer, toBeAllClose } from '@unroll/conformance';
import embedding from '@unroll/fixtures/embedding.json' with { type: 'json' };
import { DTypeError, ReferenceBackend, tensor, ValueError, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { Embedding } from './embedding.ts';
import { TimeEmbedding } from './time-embedding.ts';

expect.extend({ toBeAllClose });

describeLayer('Embedding', {
  backend: () => new ReferenceBackend(),
  make: (weights) => new Embedding(weights(5, 3)),
  input: (N) => [N],
  ids: 5,
});

describeLayer('TimeEmbedding', {
  backend: () => new ReferenceBackend(),
  make: (weights) => new TimeEmbedding(weights(5, 3)),
  input: (N, T) => [N, T],
  ids: 5,
});

describe.each([
  ['Embedding', Embedding, 'single-step-repeated-ids', '(N)', [4, 1]],
  ['TimeEmbedding', TimeEmbedding, 'time-repeated-ids', '(N, T)', [4]],
] as const)('%s', (name, Layer, fixtureCase, axes, wrong) => {
  const backend = new ReferenceBackend();

  it.each(precisions)('agrees with PyTorch on ids that repeat, in $dtype', async (precision) => {
    const given = new FixtureTensors(embedding, fixtureCase, precision.dtype);
    const [W, dout] = given.inputs('W', 'dout');
    const layer = new Layer(W);
    const out = layer.forward(given.ids('ids'));
    expect(await out.read()).toBeAllClose(given.expected('out'), precision.forward);
    layer.backward(dout);
    expect(await layer.W.grad.read()).toBeAllClose(given.expected('dW'), precision.gradient);
  });

  it('says which shape it expected and which one came', () => {
    const layer = new Layer(zeros(backend, [5, 3]));
    expect(() => layer.forward(zeros(backend, wrong, 'i32'))).toThrow(
      `${name}.forward: expected ids ${axes}, got (${wrong.join(', ')})`,
    );
    expect(() => new Layer(zeros(backend, [5]))).toThrow(`${name}: expected W (V, D), got (5)`);
  });

  it('refuses an id that is not in the vocabulary, and numbers that are no ids', () => {
    const layer = new Layer(zeros(backend, [5, 3]));
    const shape = name === 'Embedding' ? [2] : [1, 2];
    expect(() => layer.forward(tensor(backend, [0, 5], shape, 'i32'))).toThrow(ValueError);
    expect(() => layer.forward(tensor(backend, [0, 5], shape, 'i32'))).toThrow('got 5 at position 1');
    expect(() => layer.forward(tensor(backend, [-1, 0], shape, 'i32'))).toThrow('got -1 at position 0');
    expect(() => layer.forward(zeros(backend, shape, 'f32'))).toThrow(DTypeError);
  });
});
