import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paramsToArrays, serializeSafetensors } from '@unroll/checkpoint';
import { generate } from '@unroll/rnnlm';
import { Random } from '@unroll/tensor';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runPython, torchPython } from '../test/python.ts';
import { randomModel } from '../test/random-model.ts';
import { type Block, difference, randomBlocks, runModel } from '../test/run-model.ts';
import { modelPy } from './model-py.ts';
import { toPyTorch } from './to-pytorch.ts';

const lstm = { model: 'rnnlm', vocabSize: 50, wordvecSize: 12, hiddenSize: 16 };
const rnn = { ...lstm, model: 'simple-rnnlm' };
const python = torchPython.python ?? '';

/** A folder as people get it, which goes away with the test. */
async function exported(config: typeof lstm & { tokenizer?: string }, vocab: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-pytorch-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { model, tensors } = randomModel(config);
  await writeFile(join(folder, 'model.safetensors'), serializeSafetensors(toPyTorch(config, tensors)));
  await writeFile(join(folder, 'model.py'), modelPy(config));
  await writeFile(join(folder, 'vocab.json'), JSON.stringify(vocab));
  return { folder, model };
}

const RUN = `
import json, sys
sys.path.insert(0, sys.argv[1])
import torch
from model import load
model, state = load(), None
with torch.no_grad():
    for block in json.load(sys.stdin):
        logits, state = model(torch.tensor(block["ids"]).reshape(block["N"], block["T"]), state)
        print(json.dumps(logits.ravel().tolist()))
`;

/** The scores that the module computes, with the state carried from block to block. */
function runModule(folder: string, blocks: readonly Block[]): number[][] {
  const lines = runPython(python, ['-c', RUN, folder], JSON.stringify(blocks)).trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

describe.skipIf(!torchPython.python)(`model.py in ${torchPython.title}`, () => {
  it.each([
    ['rnnlm', '1,000 steps, one after the other', randomBlocks(1000, 1, 1, 50)],
    ['rnnlm', 'blocks of several rows and steps', randomBlocks(20, 3, 7, 50)],
    ['simple-rnnlm', '1,000 steps, one after the other', randomBlocks(1000, 1, 1, 50)],
    ['simple-rnnlm', 'blocks of several rows and steps', randomBlocks(20, 3, 7, 50)],
  ])('gives the scores of our %s over %s, with the state carried', async (name, _, blocks) => {
    const config = { ...lstm, model: name };
    const { folder, model } = await exported(config);
    const { most, otherTop } = difference(await runModel(model, blocks), runModule(folder, blocks), 50);
    expect(otherTop).toBe(0);
    expect(most).toBeLessThan(1e-5);
  });

  it('reads weights in double precision too', async () => {
    const { folder, model } = await exported(rnn);
    const doubled = [...toPyTorch(rnn, randomModel(rnn).tensors)].map(
      ([name, { shape, data }]) => [name, { dtype: 'f64', shape, data: Float64Array.from(data) }] as const,
    );
    await writeFile(join(folder, 'model.safetensors'), serializeSafetensors(doubled));
    const blocks = randomBlocks(2, 3, 7, 50);
    expect(difference(await runModel(model, blocks), runModule(folder, blocks), 50).most).toBeLessThan(1e-5);
  });

  const letters = Array.from({ length: 50 }, (_, i) => String.fromCodePoint(0x61 + i));
  const words = Array.from({ length: 48 }, (_, i) => `word${i}`);

  it('writes on from a prompt of characters, the same each time', async () => {
    const { folder } = await exported({ ...lstm, tokenizer: 'char' }, letters);
    const text = runPython(python, [join(folder, 'model.py'), 'abc']);
    expect(text).toMatch(/^abc/);
    expect([...text.trimEnd()]).toHaveLength(103);
    expect(runPython(python, [join(folder, 'model.py'), 'abc'])).toBe(text);
  });

  it('writes on from a prompt of words, and from none', async () => {
    const { folder } = await exported({ ...rnn, tokenizer: 'word' }, [...words, 'x', '<eos>']);
    const text = runPython(python, [join(folder, 'model.py'), 'word3 word1']);
    expect(text).toMatch(/^word3 word1 (word\d+|x|\s)/);
    expect(text.split(/\s+/).length).toBeGreaterThan(80);
    expect(runPython(python, [join(folder, 'model.py')])).toMatch(/^(word\d+|x|\s)/);
  });

  it('takes tokens of the vocabulary where it knows no tokenizer', async () => {
    const { folder } = await exported(lstm, letters);
    expect(runPython(python, [join(folder, 'model.py'), 'a', 'd'])).toMatch(/^a d ./);
  });

  it('carries the state on while it writes', async () => {
    const config = { ...lstm, tokenizer: 'char' };
    const { folder, model } = await exported(config, letters);
    // Scores a thousand times as large leave no choice: what is drawn is the likeliest, which is what ours takes at temperature 0.
    const [affineW, affineb] = model.params.slice(-2).map(({ value }) => value);
    for (const value of [affineW, affineb]) value.write((await value.read()).map((weight) => 1000 * weight));
    const tensors = await paramsToArrays(model.params);
    await writeFile(join(folder, 'model.safetensors'), serializeSafetensors(toPyTorch(config, tensors)));
    const options = { prompt: [0, 1, 2], sampleSize: 100, temperature: 0, random: new Random(1) };
    let expected = 'abc';
    for await (const id of generate(model, options)) expected += letters[id];
    expect(runPython(python, [join(folder, 'model.py'), 'abc']).trimEnd()).toBe(expected);
  });

  it('names a token that the vocabulary lacks', async () => {
    const { folder } = await exported({ ...lstm, tokenizer: 'char' }, letters);
    expect(() => runPython(python, [join(folder, 'model.py'), 'aé'])).toThrow(
      "model.py: the vocabulary has no 'é'; vocab.json lists what it has",
    );
  });
});

describe('modelPy', () => {
  it('defines the module with the sizes of the configuration', () => {
    expect(modelPy(lstm)).toContain('self.lstm = nn.LSTM(12, 16, batch_first=True)');
    expect(modelPy(rnn)).toContain('self.rnn = nn.RNN(12, 16, batch_first=True)');
  });

  it('lets nothing but numbers from a configuration into the script', () => {
    const config = { ...lstm, hiddenSize: '16); import os; (16' as unknown as number };
    expect(() => modelPy(config)).toThrow('modelPy: expected hiddenSize to be a whole number from 1');
    const tokenizer = '"""\nimport os\n"""';
    expect(modelPy({ ...lstm, tokenizer })).toBe(modelPy(lstm));
  });
});
