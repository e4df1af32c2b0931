import dynamicEvaluation from '@unroll/fixtures/dynamic-evaluation.json' with { type: 'json' };
import { findCase } from '@unroll/fixtures/find-case';
import { Rnnlm } from '@unroll/rnnlm';
import { ReferenceBackend, tensor, ValueError } from '@unroll/tensor';
import { TextError } from '@unroll/text';
import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { type DynamicOptions, evaluateDynamically } from './evaluate-dynamically.ts';

function setUp(name: string, dtype: 'f32' | 'f64' = 'f64') {
  const { options, inputs, expected } = findCase(dynamicEvaluation, name);
  const { V, D, H, T, lr, decay, batchSize, batches, eps } = options as Record<string, number>;
  const backend = new ReferenceBackend();
  const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: D, hiddenSize: H, dtype });
  for (const { name, value } of model.params) value.write(inputs[name].data);
  const trained = Int32Array.from(inputs.trained.data);
  const rms = batchSize ? { ids: trained, batchSize, batches, eps } : undefined;
  const dynamic: DynamicOptions = { timeSize: T, lr, decay, rms };
  return { model, ids: Int32Array.from(inputs.ids.data), trained, dynamic, expected };
}

const weightsOf = ({ params }: Rnnlm) => Promise.all(params.map(({ value }) => value.read()));

describe('evaluateDynamically', () => {
  it.each(['still', 'sgd', 'sgd-decay', 'rms', 'rms-some-batches'])(
    'finds the loss that NumPy finds: %s',
    async (name) => {
      const { model, ids, dynamic, expected } = setUp(name);
      const result = await evaluateDynamically(model, ids, dynamic);
      expect(result.predictions).toBe(ids.length - 1);
      expect(result.loss).toBeCloseTo(expected.loss.data[0], 10);
      expect(result.perplexity).toBe(Math.exp(result.loss));
      expect((await evaluate(model, ids, { exact: true })).loss).toBeCloseTo(expected.plain.data[0], 12);
    },
  );

  it('gains on a text that repeats itself', async () => {
    const { model, ids } = setUp('sgd');
    const long = Int32Array.from({ length: 500 }, (_, i) => ids[i % 9]);
    const plain = await evaluate(model, long, { exact: true });
    const dynamic = await evaluateDynamically(model, long, { lr: 0.5 });
    expect(dynamic.loss).toBeLessThan(0.6 * plain.loss);
  });

  it.each(['f32', 'f64'] as const)('leaves weights and state as they were, to the bit: %s', async (dtype) => {
    const { model, ids, dynamic } = setUp('rms', dtype);
    model.predict(tensor(model.backend, [1, 2, 3, 4], [2, 2], 'i32'));
    const [weights, state] = [await weightsOf(model), await model.getState()];
    const held = model.backend.bytes - model.bytes;
    await evaluateDynamically(model, ids, dynamic);
    expect(await weightsOf(model)).toEqual(weights);
    expect(await model.getState()).toEqual(state);
    expect(model.training).toBe(true);
    expect(model.backend.bytes - model.bytes).toBe(held);
  });

  it('does so after an error, too', async () => {
    const { model, ids, dynamic } = setUp('rms');
    const [weights, held] = [await weightsOf(model), model.backend.bytes - model.bytes];
    let blocks = 0;
    const pause = async () => {
      if (++blocks === 8) throw new Error('enough');
    };
    await expect(evaluateDynamically(model, ids, { ...dynamic, pause })).rejects.toThrow('enough');
    expect(await weightsOf(model)).toEqual(weights);
    expect(model.training).toBe(true);
    expect(model.backend.bytes - model.bytes).toBe(held);
    expect((await model.getState()).size).toBe(0);
  });

  it('says so when the loss is no longer a number', async () => {
    const { model, ids } = setUp('sgd');
    const weights = await weightsOf(model);
    const error = await evaluateDynamically(model, ids, { lr: 1e308 }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ValueError);
    expect((error as Error).message).toMatch(
      /^evaluateDynamically: after \d+ tokens the loss is NaN; try a smaller lr than 1e\+308$/,
    );
    expect(await weightsOf(model)).toEqual(weights);
  });

  it('reads no more batches for the gradients than it is told to', async () => {
    const { model, ids, trained } = setUp('sgd');
    let pauses = 0;
    const pause = async () => {
      pauses++;
    };
    const rms = { ids: trained, batchSize: 1, batches: 3 };
    await evaluateDynamically(model, ids.subarray(0, 11), { lr: 0.01, rms, pause });
    expect(pauses).toBe(3 + 2);
  });

  it.each([
    [{ lr: -1 }, 'lr to be a number from 0, got -1'],
    [{ decay: 1.5 }, 'decay to be a number from 0 to 1, got 1.5'],
    [{ timeSize: 0 }, 'timeSize to be a whole number from 1, got 0'],
    [{ rms: { eps: 0 } }, 'eps to be a number above 0, got 0'],
    [{ rms: { batches: 0 } }, 'batches to be a whole number from 1, got 0'],
  ])('refuses %o', async (changes, message) => {
    const { model, ids, trained } = setUp('sgd');
    const rms = 'rms' in changes ? { ids: trained, ...changes.rms } : undefined;
    await expect(evaluateDynamically(model, ids, { lr: 0.1, ...changes, rms })).rejects.toThrow(
      `evaluateDynamically: expected ${message}`,
    );
  });

  it('refuses texts that are too short', async () => {
    const { model, ids } = setUp('sgd');
    await expect(evaluateDynamically(model, ids.subarray(0, 1), { lr: 0.1 })).rejects.toThrow(
      'evaluateDynamically: expected a text of two tokens or more, got 1',
    );
    await expect(evaluateDynamically(model, ids, { lr: 0.1, rms: { ids } })).rejects.toThrow(TextError);
  });
});
