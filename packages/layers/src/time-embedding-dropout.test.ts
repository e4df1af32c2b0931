import { describeLayer, toBeAllClose } from '@unroll/conformance';
import dropouts from '@unroll/fixtures/dropouts.json' with { type: 'json' };
import { ReferenceBackend, tensor, ValueError, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { TimeEmbedding } from './time-embedding.ts';
import { TimeEmbeddingDropout } from './time-embedding-dropout.ts';

expect.extend({ toBeAllClose });

for (const training of [true, false]) {
  describeLayer(`TimeEmbeddingDropout ${training ? 'in training' : 'in evaluation'}`, {
    backend: () => new ReferenceBackend(),
    make: (weights) => Object.assign(new TimeEmbeddingDropout(weights(7, 3), 0.4, { seed: 7 }), { training }),
    input: (N, T) => [N, T],
    ids: 7,
    restart: (layer) => {
      layer.calls = 0;
    },
  });
}

describe.each(precisions)('TimeEmbeddingDropout, against PyTorch, in $dtype', (precision) => {
  it('agrees on outputs and gradients of two blocks, each with its mask', async () => {
    const given = new FixtureTensors(dropouts, 'embedding', precision.dtype);
    const [W] = given.inputs('W');
    const layer = new TimeEmbeddingDropout(W, 0.4, { seed: 11 });
    for (const block of [1, 2]) {
      const [dout] = given.inputs(`dout${block}`);
      given.backend.fill(layer.W.grad, 0);
      const out = layer.forward(given.ids(`ids${block}`));
      expect(await out.read()).toBeAllClose(given.expected(`out${block}`), precision.forward);
      layer.backward(dout);
      expect(await layer.W.grad.read()).toBeAllClose(given.expected(`dW${block}`), precision.gradient);
    }
  });
});

describe('TimeEmbeddingDropout', () => {
  const V = 2000;
  const backend = new ReferenceBackend();
  const W = tensor(backend, new Array(V).fill(1), [V, 1]);
  const eachTwice = Array.from({ length: 2 * V }, (_, i) => i % V);
  const ids = tensor(backend, eachTwice, [2, V], 'i32');
  const read = async (x: { read(): Promise<ArrayLike<number>> }) => Array.from(await x.read());

  it('has the same masks for the same seed and others for another', async () => {
    const [a, b, c] = [1, 1, 2].map((seed) => new TimeEmbeddingDropout(W, 0.5, { seed }));
    const mask = await read(a.forward(ids));
    expect(await read(b.forward(ids))).toEqual(mask);
    expect(await read(c.forward(ids))).not.toEqual(mask);
  });

  it('draws another mask for every block, and goes on from `calls` when that is restored', async () => {
    const layer = new TimeEmbeddingDropout(W, 0.5);
    const masks = [];
    for (let block = 0; block < 3; block++) masks.push(await read(layer.forward(ids)));
    expect(masks[1]).not.toEqual(masks[0]);
    expect(layer.calls).toBe(3);

    const restored = new TimeEmbeddingDropout(W, 0.5);
    restored.calls = 2;
    expect(await read(restored.forward(ids))).toEqual(masks[2]);
  });

  it('drops a word wherever it stands, the ratio that it was told, and scales up what stays', async () => {
    const values = await read(new TimeEmbeddingDropout(W, 0.25).forward(ids));
    expect(values.slice(V)).toEqual(values.slice(0, V));
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    // 500 of 2000 on average, and further than four standard deviations (19 each) from it hardly ever.
    expect(Math.abs(values.slice(V).filter((value) => value === 0).length - 500)).toBeLessThan(80);
  });

  it('drops whole words, not some of their elements', async () => {
    const D = 4;
    const wide = tensor(backend, new Array(50 * D).fill(1), [50, D]);
    const layer = new TimeEmbeddingDropout(wide, 0.5);
    const values = await read(layer.forward(tensor(backend, eachTwice.slice(0, 50), [1, 50], 'i32')));
    for (let word = 0; word < 50; word++) {
      expect(new Set(values.slice(word * D, (word + 1) * D)).size).toBe(1);
    }
  });

  it('keeps the mask of its last forward when `training` is changed before backward', async () => {
    const layer = new TimeEmbeddingDropout(W, 0.5);
    const out = await read(layer.forward(ids));
    layer.training = false;
    layer.backward(tensor(backend, new Array(2 * V).fill(1), [2, V, 1]));
    // Every word came twice.
    expect(await read(layer.W.grad)).toEqual(out.slice(0, V).map((value) => 2 * value));
  });

  it.each([
    ['when not training', 0.5, false],
    ['at a ratio of 0', 0, true],
  ])('is a TimeEmbedding %s, and uses up no mask', async (_, ratio, training) => {
    const layer = Object.assign(new TimeEmbeddingDropout(W, ratio), { training });
    expect(await read(layer.forward(ids))).toEqual(await read(new TimeEmbedding(W).forward(ids)));
    expect(layer.calls).toBe(0);
  });

  it.each([-0.1, 1, Number.NaN])('refuses a ratio of %d', (ratio) => {
    expect(() => new TimeEmbeddingDropout(W, ratio)).toThrow(
      new ValueError(`TimeEmbeddingDropout: expected a ratio from 0 up to 1, without 1, got ${ratio}`),
    );
  });

  it('refuses an id that is not in the vocabulary, and uses up no mask', () => {
    const layer = new TimeEmbeddingDropout(zeros(backend, [5, 3]), 0.5);
    expect(() => layer.forward(tensor(backend, [0, 5], [1, 2], 'i32'))).toThrow(ValueError);
    expect(layer.calls).toBe(0);
  });

  it('says which shape it expected and which one came', () => {
    const layer = new TimeEmbeddingDropout(zeros(backend, [5, 3]), 0.5);
    expect(() => layer.forward(zeros(backend, [4], 'i32'))).toThrow(
      'TimeEmbeddingDropout.forward: expected ids (N, T), got (4)',
    );
    layer.forward(zeros(backend, [2, 4], 'i32'));
    expect(() => layer.backward(zeros(backend, [2, 4, 5]))).toThrow(
      'TimeEmbeddingDropout.backward: expected dout (2, 4, 3), got (2, 4, 5)',
    );
  });
});
