import { Random, ReferenceBackend, StateError, tensor, ValueError } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { BetterRnnlm } from './better-rnnlm.ts';
import { type GenerateOptions, generate } from './generate.ts';
import type { LanguageModel } from './language-model.ts';
import { Rnnlm } from './rnnlm.ts';
import { SimpleRnnlm } from './simple-rnnlm.ts';

const V = 12;
const sizes = { vocabSize: V, wordvecSize: 5, hiddenSize: 6, seed: 4, dtype: 'f64' } as const;

/** A model whose scores differ enough to tell one state from another. */
function makeModel(Model: typeof Rnnlm | typeof SimpleRnnlm = Rnnlm): LanguageModel {
  const model = new Model({ backend: new ReferenceBackend(), ...sizes });
  for (const { value } of model.params) model.backend.scale(value, 4);
  model.backend.scale(model.params[0].value, 50);
  return model;
}

async function collect(model: LanguageModel, options: Partial<GenerateOptions> = {}): Promise<number[]> {
  const written: number[] = [];
  for await (const id of generate(model, {
    prompt: [1],
    sampleSize: 30,
    random: new Random(8),
    ...options,
  })) {
    written.push(id);
  }
  return written;
}

/** The state after reading these ids one by one. */
function read(model: LanguageModel, ids: readonly number[]): ReturnType<LanguageModel['getState']> {
  for (const id of ids) {
    const xs = tensor(model.backend, [id], [1, 1], 'i32');
    model.predict(xs);
    xs.dispose();
  }
  return model.getState();
}

describe.each([
  ['Rnnlm', Rnnlm],
  ['SimpleRnnlm', SimpleRnnlm],
])('generate with %s', (_name, Model) => {
  it('writes the same for the same seed, and something else for another', async () => {
    const text = await collect(makeModel(Model));
    expect(text).toHaveLength(30);
    expect(await collect(makeModel(Model))).toEqual(text);
    expect(await collect(makeModel(Model), { random: new Random(9) })).not.toEqual(text);
  });

  it('has read everything but the last token, each once, also when ids are skipped', async () => {
    const skipIds = [0, 2, 4, 6, 8, 10];
    const model = makeModel(Model);
    const text = await collect(model, { prompt: [1, 3, 5], skipIds });
    expect(text.filter((id) => skipIds.includes(id))).toEqual([]);
    const expected = await read(makeModel(Model), [1, 3, 5, ...text.slice(0, -1)]);
    const state = await model.getState();
    for (const [name, { data }] of expected) {
      for (const [i, value] of data.entries()) expect(state.get(name)?.data[i]).toBeCloseTo(value, 12);
    }
  });

  it('goes on from its last token as if it had never stopped', async () => {
    const whole = await collect(makeModel(Model));
    const [model, random] = [makeModel(Model), new Random(8)];
    const first = await collect(model, { sampleSize: 12, random });
    const second = await collect(model, { prompt: first.slice(-1), sampleSize: 18, random });
    expect([...first, ...second]).toEqual(whole);
  });

  it('goes on from a saved state of model and generator', async () => {
    const whole = await collect(makeModel(Model));
    const [model, random] = [makeModel(Model), new Random(8)];
    const first = await collect(model, { sampleSize: 12, random });
    const [state, drawing] = [await model.getState(), JSON.parse(JSON.stringify(random.state))];

    const restored = makeModel(Model);
    restored.setState(state);
    const rest = await collect(restored, {
      prompt: first.slice(-1),
      sampleSize: 18,
      random: Random.restore(drawing),
    });
    expect([...first, ...rest]).toEqual(whole);
  });
});

describe('generate', () => {
  it('takes the best every time at a temperature of 0, and with topK 1', async () => {
    const model = makeModel();
    const expected: number[] = [];
    let id = 1;
    for (let count = 0; count < 30; count++) {
      const scores = Array.from(await model.predict(tensor(model.backend, [id], [1, 1], 'i32')).read());
      id = scores.indexOf(Math.max(...scores));
      expected.push(id);
    }
    expect(await collect(makeModel(), { temperature: 0 })).toEqual(expected);
    expect(await collect(makeModel(), { topK: 1 })).toEqual(expected);
    expect(await collect(makeModel(), { topP: 1e-9 })).toEqual(expected);
  });

  it('reads a prompt of several ids before it writes', async () => {
    const model = makeModel();
    await read(model, [1, 3]);
    const expected = await collect(model, { prompt: [5] });
    expect(await collect(makeModel(), { prompt: [1, 3, 5] })).toEqual(expected);
    expect(await collect(makeModel(), { prompt: [5] })).not.toEqual(expected);
  });

  it('begins with the state that the model carries, which resetState() makes a fresh start', async () => {
    const model = makeModel();
    const fresh = await collect(model);
    expect(await collect(model)).not.toEqual(fresh);
    model.resetState();
    expect(await collect(model)).toEqual(fresh);
  });

  it('ends after the first of the ids to stop at', async () => {
    const whole = await collect(makeModel());
    const stop = whole[7];
    const end = whole.indexOf(stop) + 1;
    expect(await collect(makeModel(), { stopIds: [stop] })).toEqual(whole.slice(0, end));
  });

  it('ends before the next token when aborted', async () => {
    const signal = { aborted: false };
    const written: number[] = [];
    const model = makeModel();
    for await (const id of generate(model, { prompt: [1], random: new Random(8), signal })) {
      written.push(id);
      signal.aborted = written.length === 3;
    }
    expect(written).toEqual((await collect(makeModel())).slice(0, 3));
    expect(await collect(makeModel(), { signal: AbortSignal.abort() })).toEqual([]);
  });

  it('gives others their turn before each token, so that they can abort it', async () => {
    const signal = { aborted: false };
    const written: number[] = [];
    const pause = () => new Promise<void>((go) => setImmediate(go));
    setImmediate(() => {
      signal.aborted = true; // as a message that has come does
    });
    const prompt = Array.from({ length: 200 }, (_, i) => i % 3);
    for await (const id of generate(makeModel(), { prompt, random: new Random(8), signal, pause }))
      written.push(id);
    expect(written).toEqual([]); // the prompt alone has four parts
    let pauses = 0;
    const counted = async () => void pauses++;
    expect(await collect(makeModel(), { pause: counted, sampleSize: 5 })).toHaveLength(5);
    expect(pauses).toBe(5);
  });

  it('writes a hundred tokens unless told how many, and none when told none', async () => {
    expect(await collect(makeModel(), { sampleSize: undefined })).toHaveLength(100);
    expect(await collect(makeModel(), { sampleSize: 0 })).toEqual([]);
  });

  it('gives back what it took, also when its reader leaves early', async () => {
    const model = makeModel();
    await collect(model, { prompt: [1, 2, 3], sampleSize: 2 });
    const before = model.backend.bytes;
    for await (const _id of generate(model, { prompt: [1, 2, 3], random: new Random(1) })) break;
    await collect(model, { prompt: [1, 2, 3], sampleSize: 2 });
    expect(model.backend.bytes).toBe(before);
  });

  it('says that training diverged when the scores are not numbers, and gives back what it took', async () => {
    const model = makeModel();
    await collect(model);
    const before = model.backend.bytes;
    model.backend.fill(model.params[0].value, Number.NaN);
    await expect(collect(model)).rejects.toThrow(
      new ValueError('sampleId: expected finite scores, got NaN for id 0; did training diverge?'),
    );
    expect(model.backend.bytes).toBe(before);
  });

  it('says what to do when the model carries the state of a larger batch', async () => {
    const model = makeModel();
    model.predict(tensor(model.backend, [1, 2, 3, 4], [2, 2], 'i32'));
    await expect(collect(model)).rejects.toThrow(StateError);
    await expect(collect(model)).rejects.toThrow('call resetState() to begin anew');
  });

  it('refuses an id that is not in the vocabulary', async () => {
    await expect(collect(makeModel(), { prompt: [V] })).rejects.toThrow(ValueError);
  });

  it.each<[Partial<GenerateOptions>, string]>([
    [{ prompt: [] }, 'generate: expected a prompt of at least one id, got none'],
    [{ sampleSize: -1 }, 'generate: expected sampleSize to be a whole number from 0, got -1'],
    [{ sampleSize: 1.5 }, 'generate: expected sampleSize to be a whole number from 0, got 1.5'],
    [{ temperature: -1 }, 'temperature: expected a number from 0, got -1'],
    [{ topK: 0 }, 'topK: expected a whole number from 1, got 0'],
    [{ topP: 2 }, 'topP: expected a number above 0, up to 1, got 2'],
  ])('refuses %o before it touches the model', async (options, message) => {
    const model = makeModel();
    await expect(collect(model, options)).rejects.toThrow(new ValueError(message));
    expect((await model.getState()).size).toBe(0);
  });

  it('drops nothing while it writes, and lets training go on afterwards', async () => {
    const sizes = { vocabSize: V, wordvecSize: 6, hiddenSize: 6, seed: 4 };
    const [dropping, plain] = [0.5, 0].map(
      (dropout) => new BetterRnnlm({ backend: new ReferenceBackend(), ...sizes, dropout }),
    );
    for (const model of [dropping, plain]) model.backend.scale(model.params[0].value, 50);
    expect(await collect(dropping)).toEqual(await collect(plain));
    expect(dropping.training).toBe(true);
  });

  it('leaves training as it is between two ids, whoever else writes', async () => {
    const model = new BetterRnnlm({
      backend: new ReferenceBackend(),
      vocabSize: V,
      wordvecSize: 6,
      hiddenSize: 6,
    });
    const writers = [2, 4].map((sampleSize) =>
      generate(model, { prompt: [1], sampleSize, random: new Random(1) }),
    );
    for (const _ of [1, 2, 3]) {
      for (const writer of writers) await writer.next();
      expect(model.training).toBe(true);
    }
    expect((await model.getState()).has('masks')).toBe(false);
  });
});
