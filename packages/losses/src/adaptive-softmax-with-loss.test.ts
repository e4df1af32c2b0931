import { gradientCheck, toBeAllClose } from '@unroll/conformance';
import adaptive from '@unroll/fixtures/adaptive-softmax.json' with { type: 'json' };
import { findCase } from '@unroll/fixtures/find-case';
import {
  Random,
  ReferenceBackend,
  randn,
  ShapeError,
  StateError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from '@unroll/tensor';
import { describe, expect, it, vi } from 'vitest';
import { AdaptiveSoftmaxWithLoss } from './adaptive-softmax-with-loss.ts';

expect.extend({ toBeAllClose });

interface Options {
  vocabSize: number;
  hiddenSize: number;
  cutoffs: number[];
  divValue: number;
}

const caseNames = ['two-clusters', 'one-cluster', 'empty-cluster', 'shortlist-alone'];
const close = {
  f64: { rtol: 1e-12, atol: 1e-14 },
  f32: { rtol: 1e-5, atol: 1e-6 },
} as const;

/** Twelve words, of which four are the shortlist and the others two clusters; H is 6. */
const shapes = AdaptiveSoftmaxWithLoss.shapes({ vocabSize: 12, hiddenSize: 6, cutoffs: [4, 7], divValue: 2 });
const random = new Random(23);
const draw = (backend: ReferenceBackend, shape: readonly number[]) => randn(backend, shape, random, 1, 'f64');

function make(backend = new ReferenceBackend(), options?: { ignoreLabel?: number }): AdaptiveSoftmaxWithLoss {
  return new AdaptiveSoftmaxWithLoss(
    draw(backend, shapes.head),
    shapes.tails.map(({ projection, W }) => ({ projection: draw(backend, projection), W: draw(backend, W) })),
    options,
  );
}

describe.each(['f64', 'f32'] as const)('AdaptiveSoftmaxWithLoss, against PyTorch, in %s', (dtype) => {
  const backend = new ReferenceBackend();

  function load(caseName: string) {
    const { options, inputs, expected } = findCase<Options>(adaptive, caseName);
    const given = (name: string) => tensor(backend, inputs[name].data, inputs[name].shape, dtype);
    const { head, tails } = AdaptiveSoftmaxWithLoss.shapes(options);
    expect(inputs.head.shape).toEqual(head);
    const weights = tails.map(({ projection, W }, i) => {
      expect(inputs[`tail${i}.projection`].shape).toEqual(projection);
      expect(inputs[`tail${i}.W`].shape).toEqual(W);
      return { projection: given(`tail${i}.projection`), W: given(`tail${i}.W`) };
    });
    const loss = new AdaptiveSoftmaxWithLoss(given('head'), weights);
    expect(loss).toMatchObject({ vocabSize: options.vocabSize, cutoffs: options.cutoffs });
    return { loss, hs: given('hs'), targets: inputs.targets.data, expected };
  }

  it.each(caseNames)('agrees on %s', async (caseName) => {
    const { loss, hs, targets, expected } = load(caseName);
    expect(await loss.forward(hs, targets).read()).toBeAllClose(expected.loss.data, close[dtype]);
    const dhs = loss.backward();
    expect(dhs.shape).toEqual(hs.shape);
    expect(await dhs.read()).toBeAllClose(expected.dhs.data, close[dtype]);
    for (const { name, grad } of loss.params) {
      expect(await grad.read(), name).toBeAllClose(expected[`d${name}`].data, close[dtype]);
    }
  });

  it.each(caseNames)('has the log probabilities of %s', async (caseName) => {
    const { loss, hs, expected } = load(caseName);
    expect(await loss.logProb(hs)).toBeAllClose(expected.logProb.data, close[dtype]);
  });
});

describe('AdaptiveSoftmaxWithLoss', () => {
  it('has the gradients that central differences give, also for ignored labels and a given dout', async () => {
    const backend = new ReferenceBackend();
    const loss = make(backend);
    const hs = draw(backend, [2, 4, 6]);
    const ts = [0, 11, -1, 5, 4, 3, 7, 8];
    const errors = await gradientCheck({
      values: { hs, ...Object.fromEntries(loss.params.map(({ name, value }) => [name, value])) },
      loss: async () => 2.5 * (await loss.forward(hs, ts).item()),
      gradients: async () => {
        loss.forward(hs, ts);
        const dhs = await loss.backward(2.5).read();
        const grads = loss.params.map(async ({ name, grad }) => [name, await grad.read()] as const);
        return { hs: dhs, ...Object.fromEntries(await Promise.all(grads)) };
      },
    });
    expect(Object.keys(errors)).toEqual([
      'hs',
      'head',
      'tail0.projection',
      'tail0.W',
      'tail1.projection',
      'tail1.W',
    ]);
    for (const error of Object.values(errors)) expect(error).toBeLessThanOrEqual(1e-6);
  });

  it('is the mean of the log probabilities that it gives, over the labels that count', async () => {
    const backend = new ReferenceBackend();
    const loss = make(backend);
    const hs = draw(backend, [5, 6]);
    const ts = [11, -1, 2, 6, -1];
    const mean = await loss.forward(hs, Int32Array.from(ts)).item();
    expect(await loss.count.item()).toBe(3);
    const logProb = await loss.logProb(hs);
    expect(mean).toBeCloseTo(-(logProb[11] + logProb[2 * 12 + 2] + logProb[3 * 12 + 6]) / 3, 12);
    for (let row = 0; row < 5; row++) {
      const words = Array.from(logProb.slice(row * 12, (row + 1) * 12));
      expect(words.reduce((sum, word) => sum + Math.exp(word), 0)).toBeCloseTo(1, 12);
    }
  });

  it('is 0, with gradients of zeros, when every label is ignored', async () => {
    const backend = new ReferenceBackend();
    const loss = make(backend);
    expect(await loss.forward(draw(backend, [3, 6]), [-1, -1, -1]).item()).toBe(0);
    expect(await loss.count.item()).toBe(0);
    expect(await loss.backward().read()).toEqual(new Float64Array(18));
    for (const { grad } of loss.params) expect(await grad.read()).toEqual(new Float64Array(grad.size));
  });

  it('can ignore another label than -1, also one that is a word', async () => {
    const backend = new ReferenceBackend();
    const weights = shapes.tails.map(({ projection, W }) => ({
      projection: draw(backend, projection),
      W: draw(backend, W),
    }));
    const [head, hs] = [draw(backend, shapes.head), draw(backend, [4, 6])];
    const loss = new AdaptiveSoftmaxWithLoss(head, weights, { ignoreLabel: 5 });
    const usual = new AdaptiveSoftmaxWithLoss(head, weights);
    const expected = await usual.forward(hs, [1, -1, 9, -1]).item();
    expect(await loss.forward(hs, [1, 5, 9, 5]).item()).toBe(expected);
    expect(await loss.backward().read()).toEqual(await usual.backward().read());
    expect(() => loss.forward(hs, [1, -1, 9, 5])).toThrow(ValueError);
  });

  it('takes hidden states that are a view, as a recurrent layer gives them, and leaves them as they are', async () => {
    const backend = new ReferenceBackend();
    const loss = make(backend);
    const buffer = draw(backend, [2, 4, 6]);
    const [view, whole] = [buffer.slice(1, 4), zeros(backend, [2, 3, 6], 'f64')];
    backend.copy(whole, view);
    const before = await buffer.read();
    const ts = [0, 5, 9, 11, 3, 4];
    const results = [];
    for (const hs of [view, whole]) {
      results.push([await loss.forward(hs, ts).item(), await loss.backward().read()]);
    }
    expect(results[0]).toEqual(results[1]);
    expect(await buffer.read()).toEqual(before);
  });

  it('adds to the gradients of its weights', async () => {
    const backend = new ReferenceBackend();
    const loss = make(backend);
    const hs = draw(backend, [4, 6]);
    const step = async () => {
      loss.forward(hs, [0, 5, 8, -1]);
      loss.backward();
      return Promise.all(loss.params.map(({ grad }) => grad.read()));
    };
    const [once, twice] = [await step(), await step()];
    for (const [i, grad] of twice.entries()) {
      expect(grad).toBeAllClose(
        Array.from(once[i], (value) => 2 * value),
        close.f64,
      );
    }
  });

  it('takes any batch and any split among the clusters after any other, and leaks no memory', async () => {
    const backend = new ReferenceBackend();
    const head = draw(backend, shapes.head);
    const tails = shapes.tails.map(({ projection, W }) => ({
      projection: draw(backend, projection),
      W: draw(backend, W),
    }));
    const without = backend.bytes;
    const used = new AdaptiveSoftmaxWithLoss(head, tails);
    const batches: [Tensor, number[]][] = Array.from({ length: 30 }, () => {
      const M = 1 + random.integer(9);
      return [draw(backend, [M, 6]), Array.from({ length: M }, () => random.integer(13) - 1)];
    });
    // The most that any batch can need of every cluster.
    const hs = draw(backend, [9, 6]);
    for (const label of [4, 7]) {
      used.forward(hs, new Array(9).fill(label));
      used.backward();
    }
    const inputs = batches.reduce((sum, [{ size }]) => sum + 8 * size, 8 * hs.size);
    const held = backend.bytes;
    expect(used.bytes).toBe(held - without - inputs);
    for (const [hs, ts] of batches) {
      for (const { grad } of used.params) backend.fill(grad, 0);
      const fresh = new AdaptiveSoftmaxWithLoss(head, tails);
      expect(await used.forward(hs, ts).item()).toBe(await fresh.forward(hs, ts).item());
      expect(await used.backward().read()).toEqual(await fresh.backward().read());
      for (const [i, { grad }] of used.params.entries()) {
        expect(await grad.read()).toEqual(await fresh.params[i].grad.read());
      }
      fresh.dispose();
      expect(backend.bytes).toBe(held);
    }
    used.dispose();
    expect(backend.bytes).toBe(without + inputs);
  });

  it('reads nothing back, and lends the same tensors for the same hidden states', () => {
    const backend = new ReferenceBackend();
    const loss = make(backend);
    const hs = draw(backend, [3, 6]);
    const reading = vi.spyOn(backend, 'read');
    const lent = [1, 2].map(() => [loss.forward(hs, [0, 5, 8]), loss.backward()]);
    expect(lent[1][0]).toBe(lent[0][0]);
    expect(lent[1][1]).toBe(lent[0][1]);
    expect(reading).not.toHaveBeenCalled();
  });

  it('stays a number for hidden states of 1e4', async () => {
    const backend = new ReferenceBackend();
    const loss = make(backend);
    const hs = tensor(backend, new Array(18).fill(1e4), [3, 6], 'f64');
    expect(Number.isFinite(await loss.forward(hs, [0, 5, 8]).item())).toBe(true);
    expect((await loss.backward().read()).every(Number.isFinite)).toBe(true);
  });

  it('refuses backward before forward, twice, and after logProb or a forward that failed', async () => {
    const backend = new ReferenceBackend();
    const loss = make(backend);
    const hs = draw(backend, [2, 6]);
    const refused = new StateError(
      'AdaptiveSoftmaxWithLoss.backward: call forward first, once for each backward: the scores give way to their gradient',
    );
    expect(() => loss.backward()).toThrow(refused);
    expect(() => loss.count).toThrow(new StateError('AdaptiveSoftmaxWithLoss.count: call forward first'));
    loss.forward(hs, [1, 9]);
    loss.backward();
    expect(() => loss.backward()).toThrow(refused);
    loss.forward(hs, [1, 9]);
    await loss.logProb(hs);
    expect(() => loss.backward()).toThrow(refused);
    loss.forward(hs, [1, 9]);
    expect(() => loss.forward(hs, [9, 12])).toThrow(ValueError);
    expect(() => loss.backward()).toThrow(refused);
  });

  it.each([12, -2, 1.5, Number.NaN])('refuses the label %d', (label) => {
    const backend = new ReferenceBackend();
    expect(() => make(backend).forward(draw(backend, [3, 6]), [0, label, 1])).toThrow(
      new ValueError(
        `AdaptiveSoftmaxWithLoss.forward: expected labels from 0 to 11, or -1 to ignore, got ${label} at position 1`,
      ),
    );
  });

  it('says which shape it expected and which one came', () => {
    const backend = new ReferenceBackend();
    const x = (...shape: number[]) => draw(backend, shape);
    const refused = (act: () => unknown, message: string) =>
      expect(act).toThrow(new ShapeError(`AdaptiveSoftmaxWithLoss${message}`));
    refused(() => make(backend).forward(x(2, 5), [0, 1]), '.forward: expected hs (M, 6), got (2, 5)');
    refused(
      () => make(backend).forward(x(2, 1, 5), [0, 1]),
      '.forward: expected hs (N, T, 6), got (2, 1, 5)',
    );
    refused(
      () => make(backend).forward(x(2, 3, 6), [0, 1]),
      '.forward: expected one label for each of the 6 rows of hs, got 2',
    );
    const tail = { projection: x(6, 2), W: x(2, 3) };
    refused(
      () => new AdaptiveSoftmaxWithLoss(x(6, 2), [tail, tail]),
      ': expected a head (H, shortlist + clusters) and one cluster at least, got (6, 2) and 2 clusters',
    );
    refused(
      () => new AdaptiveSoftmaxWithLoss(x(6, 2), []),
      ': expected a head (H, shortlist + clusters) and one cluster at least, got (6, 2) and 0 clusters',
    );
    refused(
      () => new AdaptiveSoftmaxWithLoss(x(5), [tail]),
      ': expected head (H, shortlist + clusters), got (5)',
    );
    refused(
      () => new AdaptiveSoftmaxWithLoss(x(5, 4), [tail]),
      ': expected tail0.projection (5, d), got (6, 2)',
    );
    refused(
      () => new AdaptiveSoftmaxWithLoss(x(6, 4), [tail, { ...tail, W: x(3, 4) }]),
      ': expected tail1.W (2, size), got (3, 4)',
    );
  });
});

describe('AdaptiveSoftmaxWithLoss.shapes', () => {
  it.each([0, 1.5, Number.NaN])('refuses a hiddenSize of %d', (hiddenSize) => {
    expect(() => AdaptiveSoftmaxWithLoss.shapes({ vocabSize: 10, hiddenSize, cutoffs: [5] })).toThrow(
      new ValueError(
        `AdaptiveSoftmaxWithLoss: expected hiddenSize to be a whole number from 1, got ${hiddenSize}`,
      ),
    );
  });

  it('narrows each cluster by divValue, which is 4 unless given', () => {
    const sizes = { vocabSize: 100_000, hiddenSize: 400, cutoffs: [2000, 20_000] };
    expect(AdaptiveSoftmaxWithLoss.shapes(sizes)).toEqual({
      head: [400, 2002],
      tails: [
        { projection: [400, 100], W: [100, 18_000] },
        { projection: [400, 25], W: [25, 80_000] },
      ],
    });
  });

  it.each([[[]], [[0, 5]], [[5, 5]], [[6, 5]], [[5, 10]], [[2.5]]])('refuses the cutoffs %j', (cutoffs) => {
    expect(() => AdaptiveSoftmaxWithLoss.shapes({ vocabSize: 10, hiddenSize: 8, cutoffs })).toThrow(
      new ValueError(
        `AdaptiveSoftmaxWithLoss: expected cutoffs, one at least, that rise between 0 and 10, got ${cutoffs.join(', ')}`,
      ),
    );
  });

  it.each([
    [16, 0],
    [0.5, 16],
    [Number.NaN, Number.NaN],
  ])('refuses a divValue of %d', (divValue, d) => {
    expect(() =>
      AdaptiveSoftmaxWithLoss.shapes({ vocabSize: 10, hiddenSize: 8, cutoffs: [5], divValue }),
    ).toThrow(
      new ValueError(
        `AdaptiveSoftmaxWithLoss: expected a divValue that leaves each cluster a projection to between 1 and 8, got ${divValue}, which makes it ${d} for cluster 0`,
      ),
    );
  });
});
