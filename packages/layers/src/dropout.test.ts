import { describeLayer, toBeAllClose } from '@unroll/conformance';
import dropouts from '@unroll/fixtures/dropouts.json' with { type: 'json' };
import { ReferenceBackend, type Tensor, tensor, ValueError, zeros } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { FixtureTensors } from '../test/fixture-tensors.ts';
import { precisions } from '../test/precisions.ts';
import { Dropout } from './dropout.ts';
import { LockedDropout } from './locked-dropout.ts';
import { TimeDropout } from './time-dropout.ts';

for (const training of [true, false]) {
  describeLayer(`Dropout ${training ? 'in training' : 'in evaluation'}`, {
    backend: () => new ReferenceBackend(),
    make: () => Object.assign(new Dropout(0.3, { seed: 7 }), { training }),
    input: (N) => [N, 5],
    restart: (layer) => {
      layer.calls = 0;
    },
  });
}

for (const [name, Layer] of Object.entries({ TimeDropout, LockedDropout })) {
  describeLayer(name, {
    backend: () => new ReferenceBackend(),
    make: () => new Layer(0.3, { seed: 7 }),
    input: (N, T) => [N, T, 5],
    restart: (layer) => {
      layer.calls = 0;
    },
  });
}

expect.extend({ toBeAllClose });

describe.each(precisions)('Against PyTorch, in $dtype', ({ dtype, forward, gradient }) => {
  it.each([
    ['plain', Dropout],
    ['step', TimeDropout],
    ['locked', LockedDropout],
  ])('outputs and gradients of two blocks, each with its mask, agree: %s', async (name, Layer) => {
    const given = new FixtureTensors(dropouts, name, dtype);
    const layer = new Layer(0.4, { seed: 11 });
    for (const block of [1, 2]) {
      const [xs, dout] = given.inputs(`xs${block}`, `dout${block}`);
      expect(await layer.forward(xs).read()).toBeAllClose(given.expected(`out${block}`), forward);
      expect(await layer.backward(dout).read()).toBeAllClose(given.expected(`dxs${block}`), gradient);
    }
  });
});

describe.each([
  ['Dropout', Dropout, [40, 50], '(N, D)', [40, 5, 10]],
  ['TimeDropout', TimeDropout, [40, 5, 10], '(N, T, D)', [40, 50]],
  // One step, so that each of the 2000 elements has a mask of its own.
  ['LockedDropout', LockedDropout, [400, 1, 5], '(N, T, D)', [400, 5]],
] as const)('%s', (name, Layer, shape, axes, wrong) => {
  const backend = new ReferenceBackend();
  const ones = tensor(backend, new Array(2000).fill(1), shape);
  const read = async (x: Tensor) => Array.from(await x.read());

  it('has the same masks for the same seed and others for another', async () => {
    const [a, b, c] = [1, 1, 2].map((seed) => new Layer(0.5, { seed }));
    const mask = await read(a.forward(ones));
    expect(await read(b.forward(ones))).toEqual(mask);
    expect(await read(c.forward(ones))).not.toEqual(mask);
  });

  it('draws another mask in every call, and goes on from `calls` when that is restored', async () => {
    const layer = new Layer(0.5);
    const masks = [];
    for (let call = 0; call < 3; call++) masks.push(await read(layer.forward(ones)));
    expect(masks[1]).not.toEqual(masks[0]);
    expect(layer.calls).toBe(3);

    const restored = new Layer(0.5);
    restored.calls = 2;
    expect(await read(restored.forward(ones))).toEqual(masks[2]);
  });

  it('drops the ratio that it was told and scales up what stays', async () => {
    const values = await read(new Layer(0.25).forward(ones));
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    // 500 of 2000 on average, and further than four standard deviations (19 each) from it hardly ever.
    expect(Math.abs(values.filter((value) => value === 0).length - 500)).toBeLessThan(80);
  });

  it('drops in backward what it dropped in forward', async () => {
    const layer = new Layer(0.5);
    const out = await read(layer.forward(ones));
    expect(await read(layer.backward(ones))).toEqual(out);
    expect(await read(layer.backward(ones))).toEqual(out);
  });

  it('lets everything pass when not training, and uses up no mask and no memory', () => {
    const layer = new Layer(0.5);
    layer.training = false;
    expect(layer.forward(ones)).toBe(ones);
    expect(layer.backward(ones)).toBe(ones);
    expect(layer.calls).toBe(0);
    expect(layer.bytes).toBe(0);
    layer.training = true;
    layer.forward(ones);
    layer.backward(ones);
    expect(layer.bytes).toBe(2 * 2000 * 4);
  });

  it('lets everything pass at a ratio of 0', () => {
    const layer = new Layer(0);
    expect(layer.forward(ones)).toBe(ones);
    expect(layer.backward(ones)).toBe(ones);
    expect(layer.bytes).toBe(0);
  });

  it('keeps the mask of its last forward when `training` is changed before backward', async () => {
    const layer = new Layer(0.5);
    const out = await read(layer.forward(ones));
    layer.training = false;
    expect(await read(layer.backward(ones))).toEqual(out);
  });

  it.each([-0.1, 1, Number.NaN])('refuses a ratio of %d', (ratio) => {
    expect(() => new Layer(ratio)).toThrow(
      new ValueError(`${name}: expected a ratio from 0 up to 1, without 1, got ${ratio}`),
    );
  });

  it('says which shape it expected and which one came', () => {
    const layer = new Layer();
    expect(() => layer.forward(zeros(backend, wrong))).toThrow(
      `${name}.forward: expected x ${axes}, got (${wrong.join(', ')})`,
    );
    layer.forward(ones);
    expect(() => layer.backward(zeros(backend, wrong))).toThrow(
      `${name}.backward: expected dout (${shape.join(', ')}), got (${wrong.join(', ')})`,
    );
  });
});
