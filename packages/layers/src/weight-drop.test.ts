import { describeLayer, toBeAllClose } from '@unroll/conformance';
import dropouts from '@unroll/fixtures/dropouts.json' with { type: 'json' };
import lstm from '@unroll/fixtures/lstm.json' with { type: 'json' };
import { type Parameter, Random, ReferenceBackend, randn, tensor, ValueError, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { describeRecurrent, gateWeights } from '../test/describe-recurrent.ts';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { TimeGRU } from './time-gru.ts';
import { TimeLSTM } from './time-lstm.ts';
import { TimeRNN } from './time-rnn.ts';
import { WeightDrop } from './weight-drop.ts';

expect.extend({ toBeAllClose });

describeRecurrent('TimeLSTM', {
  make: ([Wx, Wh, b], options) => new WeightDrop(Wh, 0, (dropped) => new TimeLSTM(Wx, dropped, b, options)),
  kind: 'in a WeightDrop that drops nothing',
  weights: gateWeights(4),
  states: { h: 4, c: 4 },
  fixture: lstm,
});

describeLayer('WeightDrop on a TimeLSTM', {
  backend: () => new ReferenceBackend(),
  make: (weights) => {
    const [Wx, b] = [weights(3, 16), weights(16)];
    const make = (dropped: Parameter) => new TimeLSTM(Wx, dropped, b, { stateful: true });
    return new WeightDrop(weights(4, 16), 0.4, make, { seed: 7 });
  },
  input: (N, T) => [N, T, 3],
  restart: (layer) => {
    layer.calls = 0;
    layer.resetState();
  },
});

describeLayer('WeightDrop on a TimeGRU', {
  backend: () => new ReferenceBackend(),
  make: (weights) => {
    const [Wx, b] = [weights(3, 12), weights(12)];
    return new WeightDrop(weights(4, 12), 0.4, (dropped) => new TimeGRU(Wx, dropped, b), { seed: 7 });
  },
  input: (N, T) => [N, T, 3],
  restart: (layer) => {
    layer.calls = 0;
  },
});

describe.each(precisions)('WeightDrop, against PyTorch, in $dtype', ({ dtype, forward, gradient }) => {
  it('agrees on outputs and all gradients of two blocks, each with its mask', async () => {
    const given = new FixtureTensors(dropouts, 'weight', dtype);
    const [Wx, Wh, b] = given.inputs('Wx', 'Wh', 'b');
    const make = (dropped: Parameter) => new TimeLSTM(Wx, dropped, b, { stateful: true });
    const layer = new WeightDrop(Wh, 0.4, make, { seed: 11 });
    for (const block of [1, 2]) {
      const [xs, dhs] = given.inputs(`xs${block}`, `dhs${block}`);
      for (const { grad } of layer.params) given.backend.fill(grad, 0);
      expect(await layer.forward(xs).read()).toBeAllClose(given.expected(`hs${block}`), forward);
      expect(await layer.backward(dhs).read()).toBeAllClose(given.expected(`dxs${block}`), gradient);
      for (const { name, grad } of layer.params) {
        expect(await grad.read(), name).toBeAllClose(given.expected(`d${name}${block}`), gradient);
      }
    }
  });
});

describe('WeightDrop', () => {
  const [N, T, D, H] = [2, 4, 3, 4];
  const backend = new ReferenceBackend();
  const random = new Random(6);
  const draw = (...shape: number[]) => randn(backend, shape, random, 0.5, 'f64');
  const [Wx, Wh, b, xs, dhs] = [draw(D, H), draw(H, H), draw(H), draw(N, T, D), draw(N, T, H)];
  const layerOf = (ratio: number, seed = 0, weight = Wh) =>
    new WeightDrop(weight, ratio, (dropped) => new TimeRNN(Wx, dropped, b), { seed });
  const read = async (x: { read(): Promise<ArrayLike<number>> }) => Array.from(await x.read());

  /** What the layer inside has for a Wh of ones in its next block. */
  async function nextMask(layer: WeightDrop<TimeRNN>): Promise<number[]> {
    layer.forward(zeros(backend, [1, 1, layer.layer.Wx.value.rows], 'f64'));
    return read(layer.layer.Wh.value);
  }

  const onesOf = (size: number) => tensor(backend, new Array(size * size).fill(1), [size, size], 'f64');

  it('has the same masks for the same seed and others for another', async () => {
    const [a, c, d] = [1, 1, 2].map((seed) => layerOf(0.5, seed, onesOf(H)));
    const mask = await nextMask(a);
    expect(await nextMask(c)).toEqual(mask);
    expect(await nextMask(d)).not.toEqual(mask);
  });

  it('draws another mask for every block, and goes on from `calls` when that is restored', async () => {
    const layer = layerOf(0.5, 3, onesOf(H));
    const masks = [];
    for (let block = 0; block < 3; block++) masks.push(await nextMask(layer));
    expect(masks[1]).not.toEqual(masks[0]);
    expect(layer.calls).toBe(3);

    const restored = layerOf(0.5, 3, onesOf(H));
    restored.calls = 2;
    expect(await nextMask(restored)).toEqual(masks[2]);
  });

  it('drops the ratio that it was told and scales up what stays', async () => {
    const size = 50;
    const [Wx, b] = [draw(1, size), draw(size)];
    const layer = new WeightDrop(onesOf(size), 0.25, (dropped) => new TimeRNN(Wx, dropped, b));
    const values = await nextMask(layer);
    expect(new Set(values)).toEqual(new Set([0, 1 / 0.75]));
    // 625 of 2500 on average, and further than four standard deviations (22 each) from it hardly ever.
    expect(Math.abs(values.filter((value) => value === 0).length - 625)).toBeLessThan(88);
  });

  it('gives no gradient to what it dropped, and leaves Wh as it is', async () => {
    const before = await read(Wh);
    const layer = layerOf(0.5);
    layer.forward(xs);
    layer.backward(dhs);
    const dropped = await read(layer.layer.Wh.value);
    const gradient = await read(layer.Wh.grad);
    expect(dropped).toContain(0);
    expect(gradient.map((value) => value === 0)).toEqual(dropped.map((value) => value === 0));
    expect(await read(Wh)).toEqual(before);
  });

  it('is the layer inside when not training: the weight itself, no mask, no memory', async () => {
    const alone = new TimeRNN(Wx, Wh, b);
    const layer = layerOf(0.5);
    layer.training = false;
    expect(await read(layer.forward(xs))).toEqual(await read(alone.forward(xs)));
    expect(await read(layer.backward(dhs))).toEqual(await read(alone.backward(dhs)));
    for (const [i, { name, grad }] of alone.params.entries()) {
      expect(await read(layer.params[i].grad), name).toEqual(await read(grad));
    }
    expect(layer.calls).toBe(0);
    expect(layer.bytes).toBe(alone.bytes);
  });

  it('sees in evaluation what an optimizer made of the weight after the last block', async () => {
    const weight = draw(H, H);
    const layer = layerOf(0.5, 0, weight);
    layer.forward(xs);
    layer.training = false;
    backend.fill(weight, 0.25);
    expect(await read(layer.forward(xs))).toEqual(await read(new TimeRNN(Wx, weight, b).forward(xs)));
  });

  it('keeps the mask of its last forward when `training` is changed before backward', async () => {
    const [layer, unchanged] = [layerOf(0.5), layerOf(0.5)];
    for (const each of [layer, unchanged]) each.forward(xs);
    layer.training = false;
    expect(await read(layer.backward(dhs))).toEqual(await read(unchanged.backward(dhs)));
    expect(await read(layer.Wh.grad)).toEqual(await read(unchanged.Wh.grad));
  });

  it('has the weight under its own name among its parameters, not the dropped one', () => {
    const layer = layerOf(0.5);
    expect(layer.params.map(({ name }) => name)).toEqual(['Wx', 'Wh', 'b']);
    expect(layer.params[1]).toBe(layer.Wh);
    expect(layer.Wh.value).toBe(Wh);
  });

  it('refuses a layer that was not made with the dropped weight', () => {
    expect(() => new WeightDrop(Wh, 0.5, () => new TimeRNN(Wx, Wh, b))).toThrow(
      new ValueError(
        'WeightDrop: expected the layer to have the Wh that it was made with, got one with Wx, Wh, b of its own; hand it the parameter that the function is called with',
      ),
    );
  });

  it.each([-0.1, 1, Number.NaN])('refuses a ratio of %d', (ratio) => {
    expect(() => layerOf(ratio)).toThrow(
      new ValueError(`WeightDrop: expected a ratio from 0 up to 1, without 1, got ${ratio}`),
    );
  });
});
