import { Rnnlm } from '@unroll/rnnlm';
import { Random, ReferenceBackend, tensor } from '@unroll/tensor';
import { TextError } from '@unroll/text';
import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';

const V = 7;
const random = new Random(5);
const ids = Int32Array.from({ length: 103 }, () => random.integer(V));
const makeModel = () =>
  new Rnnlm({
    backend: new ReferenceBackend(),
    vocabSize: V,
    wordvecSize: 5,
    hiddenSize: 6,
    seed: 3,
    dtype: 'f64',
  });

/** -log p of every id but the first, one prediction after the other. */
async function surprises(model: Rnnlm, text: Int32Array): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i + 1 < text.length; i++) {
    const scores = Array.from(await model.predict(tensor(model.backend, [text[i]], [1, 1], 'i32')).read());
    const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
    found.push(Math.log(sum) - scores[text[i + 1]]);
  }
  return found;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('evaluate', () => {
  it('counts every prediction when exact, across blocks and to the last', async () => {
    const result = await evaluate(makeModel(), ids, { exact: true, timeSize: 10 });
    const loss = mean(await surprises(makeModel(), ids));
    expect(result.predictions).toBe(102);
    expect(result.loss).toBeCloseTo(loss, 12);
    expect(result.perplexity).toBeCloseTo(Math.exp(loss), 10);
  });

  it("reads streams side by side and drops the tail by the book's protocol", async () => {
    const result = await evaluate(makeModel(), ids, { batchSize: 4, timeSize: 5 });
    // 102 predictions, 4 streams that begin 25 apart, 5 whole blocks of 5 steps.
    const streams = [0, 25, 50, 75].map((start) => surprises(makeModel(), ids.subarray(start, start + 26)));
    expect(result.predictions).toBe(100);
    expect(result.loss).toBeCloseTo(mean((await Promise.all(streams)).flat()), 12);
  });

  it('begins with zeros and restores the state that the model carried', async () => {
    const model = makeModel();
    const fresh = await evaluate(model, ids, { exact: true });
    model.predict(tensor(model.backend, [1, 2, 3, 4], [2, 2], 'i32'));
    const before = await model.getState();
    expect(before.size).toBe(2);
    const again = await evaluate(model, ids, { exact: true });
    expect(again).toEqual(fresh);
    expect(await model.getState()).toEqual(before);
  });

  it('reads with a model that is not training, which then is what it was, also after an error', async () => {
    for (const training of [true, false]) {
      const model = makeModel();
      model.training = training;
      const seen: boolean[] = [];
      const pause = async () => {
        seen.push(model.training);
        if (seen.length === 3) throw new Error('enough');
      };
      await expect(evaluate(model, ids, { exact: true, timeSize: 10, pause })).rejects.toThrow('enough');
      expect(seen).toEqual([false, false, false]);
      expect(model.training).toBe(training);
      expect((await model.getState()).size).toBe(0);
      await evaluate(model, ids, { exact: true });
      expect(model.training).toBe(training);
    }
  });

  it('refuses a text that is too short, and leaves the state alone', async () => {
    const model = makeModel();
    await expect(evaluate(model, ids, { batchSize: 10, timeSize: 35 })).rejects.toThrow(TextError);
    await expect(evaluate(model, ids.subarray(0, 1), { exact: true })).rejects.toThrow(
      'evaluate: expected a text of two tokens or more, got 1',
    );
    await expect(evaluate(model, ids, { exact: true, timeSize: 0 })).rejects.toThrow(
      'evaluate: expected timeSize to be a whole number from 1, got 0',
    );
    expect((await model.getState()).size).toBe(0);
  });
});
