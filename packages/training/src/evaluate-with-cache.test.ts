import { findCase } from '@unroll/fixtures/find-case';
import neuralCache from '@unroll/fixtures/neural-cache.json' with { type: 'json' };
import { Rnnlm } from '@unroll/rnnlm';
import { Random, ReferenceBackend, tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { evaluateWithCache } from './evaluate-with-cache.ts';

function setUp(name: string) {
  const { options, inputs, expected } = findCase(neuralCache, name);
  const { V, D, H, window, theta, lambda } = options as Record<string, number>;
  const backend = new ReferenceBackend();
  const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: D, hiddenSize: H, dtype: 'f64' });
  for (const { name, value } of model.params) value.write(inputs[name].data);
  return { model, ids: Int32Array.from(inputs.ids.data), options: { window, theta, lambda }, expected };
}

describe('evaluateWithCache', () => {
  it.each(['no-cache', 'short-window', 'long-window', 'all-alike'])(
    'finds the loss that NumPy finds token by token: %s, whatever the size of its blocks',
    async (name) => {
      const { model, ids, options, expected } = setUp(name);
      for (const timeSize of [1, 4, 7, 35, 59, 200]) {
        const result = await evaluateWithCache(model, ids, { ...options, timeSize });
        expect(result.predictions).toBe(59);
        expect(result.loss).toBeCloseTo(expected.loss.data[0], 12);
        expect(result.perplexity).toBe(Math.exp(result.loss));
      }
      expect((await evaluate(model, ids, { exact: true })).loss).toBeCloseTo(expected.plain.data[0], 12);
    },
  );

  it('gains on a text that repeats itself, and nothing where lambda is 0', async () => {
    const { model } = setUp('no-cache');
    const random = new Random(1);
    const once = Int32Array.from({ length: 40 }, () => random.integer(7));
    const ids = Int32Array.from({ length: 400 }, (_, i) => once[i % 40]);
    const plain = await evaluate(model, ids, { exact: true });
    const cached = await evaluateWithCache(model, ids, { theta: 20, lambda: 0.5 });
    expect(cached.loss).toBeLessThan(0.85 * plain.loss);
    const none = await evaluateWithCache(model, ids, { theta: 20, lambda: 0 });
    expect(none.loss).toBeCloseTo(plain.loss, 12);
    expect(none.predictions).toBe(plain.predictions);
  });

  it('has no trouble with scores and states that are large', async () => {
    const { model, ids } = setUp('no-cache');
    for (const { name, value } of model.params) {
      if (name === 'affine.W') value.write((await value.read()).map((w) => w * 1e6));
    }
    const plain = await evaluate(model, ids, { exact: true });
    const cached = await evaluateWithCache(model, ids, { theta: 1e4, lambda: 0.1 });
    expect(plain.loss).toBeGreaterThan(1e5);
    expect(cached.loss).toBeGreaterThan(0);
    expect(cached.loss).toBeLessThan(plain.loss);
  });

  it('leaves the model as it was, and gives back what it took', async () => {
    const { model, ids } = setUp('no-cache');
    model.predict(tensor(model.backend, [1, 2, 3, 4], [2, 2], 'i32'));
    const before = await model.getState();
    await evaluateWithCache(model, ids, { theta: 1, lambda: 0.1 });
    expect(await model.getState()).toEqual(before);
    expect(model.training).toBe(true);
    const held = model.backend.bytes - model.bytes;
    await evaluateWithCache(model, ids, { theta: 1, lambda: 0.1, window: 100 });
    await expect(
      evaluateWithCache(model, Int32Array.of(1, 2, 7, 1), { theta: 1, lambda: 0.1, timeSize: 2 }),
    ).rejects.toThrow();
    expect(model.backend.bytes - model.bytes).toBe(held);
    expect(await model.getState()).toEqual(before);
  });

  it.each([
    [{ theta: -1 }, 'theta to be a number from 0, got -1'],
    [{ theta: Number.POSITIVE_INFINITY }, 'theta'],
    [{ lambda: 1 }, 'lambda to be a number from 0 to below 1, got 1'],
    [{ lambda: Number.NaN }, 'lambda'],
    [{ window: 0 }, 'window to be a whole number from 1, got 0'],
    [{ timeSize: 0.5 }, 'timeSize to be a whole number from 1, got 0.5'],
  ])('refuses %o', async (changes, message) => {
    const { model, ids } = setUp('no-cache');
    await expect(evaluateWithCache(model, ids, { theta: 1, lambda: 0.1, ...changes })).rejects.toThrow(
      `evaluateWithCache: expected ${message}`,
    );
  });

  it('refuses a text without a prediction', async () => {
    const { model, ids } = setUp('no-cache');
    await expect(evaluateWithCache(model, ids.subarray(0, 1), { theta: 1, lambda: 0.1 })).rejects.toThrow(
      'evaluateWithCache: expected a text of two tokens or more, got 1',
    );
  });
});
