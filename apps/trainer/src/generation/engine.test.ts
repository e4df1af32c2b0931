import { createBackend } from '@unroll/backend';
import { createModel, generate, type LanguageModel, modelNames } from '@unroll/rnnlm';
import { type Backend, Random, ReferenceBackend, ValueError } from '@unroll/tensor';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Engine, type WriteOptions } from './engine.ts';

const V = 12;

/** A model whose scores differ enough to tell one state from another. */
function makeModel(backend: Backend = new ReferenceBackend(), model = 'rnnlm'): LanguageModel {
  const made = createModel({ model, vocabSize: V, wordvecSize: 6, hiddenSize: 6 }, { backend, seed: 4 });
  for (const { value } of made.params) backend.scale(value, 4);
  backend.scale(made.params[0].value, 50);
  return made;
}

/** A model in which the least difference grows, so that other bits soon make another text. */
function makeChaoticModel(backend: Backend): LanguageModel {
  const sizes = { model: 'rnnlm', vocabSize: V, wordvecSize: 8, hiddenSize: 32 };
  const made = createModel(sizes, { backend, seed: 4 });
  for (const { name, value } of made.params) backend.scale(value, name === 'lstm.Wh' ? 12 : 2);
  return made;
}

const prompts = [[1], [1, 3, 5], [2, 7], Array.from({ length: 150 }, (_, i) => (i * 7) % V)];

/** Texts of different prompts, lengths and seeds. */
const textOptions = (i: number): WriteOptions => ({
  prompt: prompts[i % prompts.length],
  sampleSize: 100 + (i % 5),
  random: new Random(i),
});

const collect = (engine: Engine, options: WriteOptions): Promise<number[]> => idsOf(engine.write(options));

async function idsOf(written: AsyncIterable<number>): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of written) ids.push(id);
  return ids;
}

describe('Engine', () => {
  it.each(modelNames)('with one row writes with %s what generate writes', async (name) => {
    const engine = new Engine(makeModel(undefined, name), { rows: 1 });
    for (let i = 0; i < 8; i++) {
      const expected = await idsOf(generate(makeModel(undefined, name), textOptions(i)));
      expect(await collect(engine, textOptions(i))).toEqual(expected);
    }
  });

  it.each(['reference', 'wasm'] as const)(
    'writes the same text with the same seed whatever is written beside it, on %s',
    async (name) => {
      const backend = await createBackend({ backend: name, threads: 1 });
      onTestFinished(() => backend.dispose());
      const alone: number[][] = [];
      for (let i = 0; i < 13; i++) {
        alone.push(await collect(new Engine(makeChaoticModel(backend), { rows: 5 }), textOptions(i)));
      }
      const engine = new Engine(makeChaoticModel(backend), { rows: 5 });
      const together = await Promise.all(
        alone.map(async (_, i) => {
          for (let wait = 0; wait < i % 7; wait++) await new Promise(setImmediate);
          return collect(engine, textOptions(i));
        }),
      );
      expect(together).toEqual(alone);
    },
  );

  it('gives each text its turn: none is far ahead of another', async () => {
    const engine = new Engine(makeModel(), { rows: 5 });
    const counts = Array.from({ length: 12 }, () => 0);
    let widest = 0;
    await Promise.all(
      counts.map(async (_, i) => {
        for await (const _id of engine.write({ prompt: [1], sampleSize: 40, random: new Random(i) })) {
          counts[i]++;
          widest = Math.max(widest, Math.max(...counts) - Math.min(...counts));
        }
      }),
    );
    expect(counts).toEqual(counts.map(() => 40));
    expect(widest).toBeLessThanOrEqual(5);
  });

  it('does not write far ahead of a slow reader, and meanwhile writes the texts of others', async () => {
    const engine = new Engine(makeModel(), { rows: 5 });
    const random = new Random(1);
    const reader = engine.write({ prompt: [1], sampleSize: 1000, random }).getReader();
    await reader.read();
    await collect(engine, { prompt: [1], sampleSize: 300, random: new Random(2) });
    expect(random.state.drawn).toBeLessThan(50);
    let count = 1;
    while (!(await reader.read()).done) count++;
    expect(count).toBe(1000);
  });

  it('writes nothing more for a reader that left', async () => {
    const engine = new Engine(makeModel(), { rows: 5 });
    const random = new Random(1);
    for await (const _id of engine.write({ prompt: [1], sampleSize: 1000, random })) break;
    const { drawn } = random.state;
    await collect(engine, { prompt: [1], sampleSize: 100, random: new Random(2) });
    expect(random.state.drawn).toBe(drawn);
  });

  it('ends a text whose signal says so, also one that is still reading its prompt', async () => {
    const engine = new Engine(makeModel(), { rows: 5 });
    const signal = { aborted: false };
    const written: number[] = [];
    const options = { prompt: [1], sampleSize: 1000, signal };
    for await (const id of engine.write({ ...options, random: new Random(1) })) {
      written.push(id);
      signal.aborted = written.length === 3;
    }
    expect(written.length).toBeLessThan(50);
    const long = { ...options, prompt: Array.from({ length: 10_000 }, () => 1), random: new Random(1) };
    expect(await collect(engine, long)).toEqual([]);
  });

  it('writes nothing where nothing is asked for', async () => {
    const engine = new Engine(makeModel(), { rows: 5 });
    expect(await collect(engine, { prompt: [1], sampleSize: 0, random: new Random(1) })).toEqual([]);
  });

  it('holds no more memory after many texts than after a few', async () => {
    const model = makeModel();
    const engine = new Engine(model, { rows: 5 });
    const writeMany = () => Promise.all(prompts.map((_, i) => collect(engine, textOptions(i))));
    await writeMany();
    const before = model.backend.bytes;
    for (let round = 0; round < 5; round++) await writeMany();
    expect(model.backend.bytes).toBe(before);
  });

  it('tells each reader when the scores are not numbers, and goes on', async () => {
    const model = makeModel();
    const engine = new Engine(model, { rows: 5 });
    const { value } = model.params[0];
    const weights = await value.read();
    model.backend.fill(value, Number.NaN);
    const failed = await Promise.allSettled([1, 2].map((i) => collect(engine, textOptions(i))));
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    value.write(weights);
    expect(await collect(engine, textOptions(0))).toHaveLength(100);
  });

  it.each([
    [[], 'Engine.write: expected a prompt of at least one id, got none'],
    [[0, V], `Engine.write: expected ids from 0 to ${V - 1}, got ${V}`],
    [[-1], `Engine.write: expected ids from 0 to ${V - 1}, got -1`],
    [[0.5], `Engine.write: expected ids from 0 to ${V - 1}, got 0.5`],
  ])('refuses the prompt %j before anybody else could suffer from it', (prompt, message) => {
    const engine = new Engine(makeModel(), { rows: 5 });
    expect(() => engine.write({ prompt, sampleSize: 1, random: new Random(1) })).toThrow(
      new ValueError(message),
    );
  });
});
