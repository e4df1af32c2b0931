import { packModel } from '@unroll/model-folder';
import { Rnnlm } from '@unroll/rnnlm';
import { ReferenceBackend } from '@unroll/tensor';
import { WasmBackend } from '@unroll/tensor-wasm';
import { HuggingFaceTokenizer } from '@unroll/text/huggingface';
import type { TrainingEvent } from '@unroll/training';
import { afterEach, describe, expect, it } from 'vitest';
import { Lab, type SavedLab } from './lab.ts';
import { unpackFolder } from './model-folder.ts';
import { LabError } from './problem.ts';
import { defaults, type LabSettings } from './settings.ts';

const TEXT = 'the cat sat on the mat, and the dog sat on the log. '.repeat(120);
const KOREAN = '고양이는 매트 위에 앉고 강아지는 통나무 위에 앉았다. '.repeat(80);
const settings: LabSettings = {
  ...defaults,
  ...{ wordvecSize: 8, hiddenSize: 16, batchSize: 4, timeSize: 16, steps: 60, lr: 0.02 },
};
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
const dispose: (() => void)[] = [];
afterEach(() => {
  for (const each of dispose.splice(0)) each();
});

async function make(text = TEXT, changes: Partial<LabSettings> = {}): Promise<Lab> {
  const backend = await WasmBackend.create({ threads: 1 });
  const lab = Lab.create({ ...settings, ...changes }, text, backend, breathe);
  dispose.push(
    () => lab.dispose(),
    () => backend.dispose(),
  );
  return lab;
}

async function runToEnd(
  lab: Lab,
  stopAfter?: number,
): Promise<{ events: TrainingEvent[]; saved?: SavedLab }> {
  const events: TrainingEvent[] = [];
  let saved: SavedLab | undefined;
  await lab.run(
    (event) => events.push(event),
    async (last) => {
      saved = last;
    },
    stopAfter,
  );
  return { events, saved };
}

const losses = (events: readonly TrainingEvent[]) =>
  events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));

describe('Lab', () => {
  it('names what the text that it has learned has not', async () => {
    const chars = await make();
    await expect(chars.next('the Cat?', 3)).rejects.toThrow(
      'the text that the model has learned has no "C", "?"',
    );
    const words = await make(TEXT, { tokenizer: 'word' });
    await expect(words.next('the bird sat', 3)).rejects.toThrow('has no "bird"');
    expect(await words.next('the cat', 3)).toHaveLength(3);
  });

  it('refuses a text without words, and one that is too short, by what it has in all', async () => {
    await expect(make('  \n ', { tokenizer: 'word' })).rejects.toThrow('expected a text with words');
    await expect(make(TEXT, { batchSize: 128, timeSize: 256 })).rejects.toThrow(
      `got ${TEXT.length.toLocaleString('en')}`,
    );
  });

  it.each([
    ['English', TEXT],
    ['Korean', KOREAN],
  ])('learns a text in %s', async (_, text) => {
    const lab = await make(text);
    const { events } = await runToEnd(lab);
    const all = losses(events);
    expect(all[all.length - 1]).toBeLessThan(all[0] / 2);
    expect(events.at(-1)).toMatchObject({ type: 'end', step: 60, reason: 'steps' });
    expect(lab.step).toBe(60);
  });

  it('goes on where it was kept, to the same bits', async () => {
    const whole = await make();
    const { events } = await runToEnd(whole);
    const first = await make();
    const { saved } = await runToEnd(first, 25);
    expect(saved?.training?.step).toBe(25);
    const backend = await WasmBackend.create({ threads: 1 });
    dispose.push(() => backend.dispose());
    const second = await Lab.restore(structuredClone(saved) as SavedLab, TEXT, backend, breathe);
    dispose.push(() => second.dispose());
    const rest = await runToEnd(second);
    expect(losses(rest.events).slice(-3)).toEqual(losses(events).slice(-3));
    expect(second.history.filter(({ loss }) => loss !== null).at(-1)).toEqual(
      whole.history.filter(({ loss }) => loss !== null).at(-1),
    );
  });

  it('can be asked while it trains, and trains as if nobody had asked', async () => {
    const quiet = losses((await runToEnd(await make())).events);
    const lab = await make();
    let written = '';
    const running = runToEnd(lab);
    const [next, hidden, influence] = await Promise.all([
      lab.next('the c', 5),
      lab.hidden(7),
      lab.influence('the ca'),
      lab.write('the ', 20, { seed: 1, temperature: 0.8 }, (piece) => {
        written += piece;
      }),
    ]);
    const { events } = await running;
    expect(losses(events)).toEqual(quiet);
    expect(next).toHaveLength(5);
    expect(next[0].probability).toBeGreaterThanOrEqual(next[1].probability);
    expect(hidden).toMatchObject({ tokens: [...TEXT.slice(-7)], width: 16 });
    expect(hidden?.values).toHaveLength(7 * 16);
    expect(influence.values).toHaveLength(6);
    expect(written).toHaveLength(20);
  });

  it('says how much each token mattered by the gradient that differences give', async () => {
    const lab = await make();
    await runToEnd(lab);
    const text = 'the ca';
    const { values, predicted } = await lab.influence(text);
    const { tokens } = lab.tokenizer.vocabulary;
    const id = tokens.indexOf(predicted);
    // A copy in f64 whose word vectors can be moved one by one: each place has a word of its own.
    const folder = await lab.folder();
    const { model, tokenizer } = await unpackFolder(folder, new ReferenceBackend());
    const ids = tokenizer.encode(text);
    const embed = model.params[0].value;
    const D = embed.cols;
    const at = [...ids].lastIndexOf(ids[4]);
    expect(ids.filter((other) => other === ids[at])).toHaveLength(1);
    const table = Float64Array.from(await embed.read());
    const logP = async (): Promise<number> => {
      model.resetState();
      const { tensor } = await import('@unroll/tensor');
      const scores = await model.predict(tensor(model.backend, ids, [1, ids.length], 'i32')).read();
      const last = [...scores].slice((ids.length - 1) * tokens.length);
      const most = Math.max(...last);
      return last[id] - most - Math.log(last.reduce((sum, score) => sum + Math.exp(score - most), 0));
    };
    const step = 1e-2; // the weights are in float32
    let squares = 0;
    for (let d = 0; d < D; d++) {
      const place = ids[at] * D + d;
      const moved = async (by: number) => {
        const copy = table.slice();
        copy[place] += by;
        embed.write(copy);
        return logP();
      };
      squares += (((await moved(step)) - (await moved(-step))) / (2 * step)) ** 2;
    }
    expect(Math.sqrt(squares) / values[at]).toBeCloseTo(1, 2);
  });

  it('can be asked at rest and told to train at once: one comes after the other', async () => {
    const quiet = losses((await runToEnd(await make())).events);
    const lab = await make();
    const [, , { events }] = await Promise.all([
      lab.measure(),
      lab.hidden(50),
      runToEnd(lab),
      lab.next('the', 3),
    ]);
    expect(losses(events)).toEqual(quiet);
  });

  it('takes a model from elsewhere, with a text that it does not know without the text', async () => {
    const lab = await make();
    const folder = await lab.folder();
    const wanted = { ...settings, hiddenSize: 999, cell: 'rnn' } as const;
    await expect(Lab.fromFolder(folder, wanted, KOREAN, lab.model.backend, breathe)).rejects.toThrow(
      LabError,
    );
    const other = await Lab.fromFolder(folder, wanted, '', lab.model.backend, breathe);
    dispose.push(() => other.dispose());
    expect([other.text, other.settings.hiddenSize, other.settings.cell]).toEqual(['', 16, 'lstm']);
    expect(await other.next('the c', 1)).toHaveLength(1);
    expect(await other.hidden(10)).toBeUndefined();
  });

  it('refuses a text that is too short, with what it needs', async () => {
    await expect(make('short')).rejects.toThrow(
      'expected at least 65 tokens of text, for N = 4 streams of T = 16 time steps; got 5',
    );
  });
});

describe('model folders', () => {
  it('come back as they were', async () => {
    const lab = await make();
    const folder = await packModel(lab.model, lab.tokenizer);
    const { model, tokenizer } = await unpackFolder(folder, lab.model.backend);
    dispose.push(() => model.dispose());
    expect(tokenizer.vocabulary.tokens).toEqual(lab.tokenizer.vocabulary.tokens);
    expect(await model.params[2].value.read()).toEqual(await lab.model.params[2].value.read());
  });

  it('with the tokenizer of another tool are read, too', async () => {
    const tokenizer = HuggingFaceTokenizer.fromJSON({
      pre_tokenizer: { type: 'Whitespace' },
      model: { type: 'WordLevel', vocab: { '[UNK]': 0, the: 1, cat: 2 }, unk_token: '[UNK]' },
    });
    const backend = new ReferenceBackend();
    const made = new Rnnlm({ backend, vocabSize: 3, wordvecSize: 2, hiddenSize: 2 });
    const folder = await packModel(made, tokenizer);
    const lab = await Lab.fromFolder(folder, settings, '', backend, breathe);
    dispose.push(() => lab.dispose());
    expect(lab.facts.tokenizer).toBe('huggingface');
    expect((await lab.next('the cat', 3)).map(({ token }) => token).sort()).toEqual(['[UNK]', 'cat', 'the']);
  });

  it.each([
    [
      'model.safetensors',
      undefined,
      'expected a file model.safetensors of a model folder, got config.json, vocab.json',
    ],
    ['config.json', '{"model":"rnnlm"}', 'config.json: expected vocabSize to be a whole number from 1'],
    ['config.json', 'null', 'config.json: expected a JSON object, got null'],
    ['vocab.json', '["a"]', 'vocab.json has 1 tokens'],
    ['model.safetensors', 'nonsense', 'model.safetensors'],
  ])('with a wrong %s are refused: %s', async (name, content, message) => {
    const lab = await make();
    const folder = await packModel(lab.model, lab.tokenizer);
    if (content === undefined) folder.delete(name);
    else folder.set(name, new TextEncoder().encode(content));
    await expect(unpackFolder(folder, lab.model.backend)).rejects.toThrow(message);
  });
});
