import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointError, paramsToArrays, serializeSafetensors } from '@unroll/checkpoint';
import { generate, type ModelConfig } from '@unroll/rnnlm';
import { Random } from '@unroll/tensor';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  betterRnnlm,
  forPyTorch,
  gruStack,
  projectedStack,
  rnnlm,
  simpleRnnlm,
  tiedStack,
} from '../test/models.ts';
import { runPython, torchPython } from '../test/python.ts';
import { randomModel } from '../test/random-model.ts';
import { type Block, difference, randomBlocks, runModel } from '../test/run-model.ts';
import { modelPy } from './model-py.ts';
import { toPyTorch } from './to-pytorch.ts';

const python = torchPython.python ?? '';

/** A folder as people get it, which goes away with the test. */
async function exported(config: ModelConfig & { tokenizer?: string }, vocab: readonly string[] = []) {
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
  describe.each(forPyTorch)('gives the scores of our %s', (_, config) => {
    it.each([
      ['1,000 steps, one after the other', randomBlocks(1000, 1, 1, 50)],
      ['blocks of several rows and steps', randomBlocks(20, 3, 7, 50)],
    ])('over %s, with the state carried', async (_, blocks) => {
      const { folder, model } = await exported(config);
      const { most, otherTop } = difference(await runModel(model, blocks), runModule(folder, blocks), 50);
      expect(otherTop).toBe(0);
      expect(most).toBeLessThan(1e-5);
    });
  });

  it('reads weights in double precision too', async () => {
    const { folder, model } = await exported(simpleRnnlm);
    const doubled = [...toPyTorch(simpleRnnlm, randomModel(simpleRnnlm).tensors)].map(
      ([name, { shape, data }]) => [name, { dtype: 'f64', shape, data: Float64Array.from(data) }] as const,
    );
    await writeFile(join(folder, 'model.safetensors'), serializeSafetensors(doubled));
    const blocks = randomBlocks(2, 3, 7, 50);
    expect(difference(await runModel(model, blocks), runModule(folder, blocks), 50).most).toBeLessThan(1e-5);
  });

  const letters = Array.from({ length: 50 }, (_, i) => String.fromCodePoint(0x61 + i));
  const words = Array.from({ length: 48 }, (_, i) => `word${i}`);

  it('writes on from a prompt of characters, the same each time', async () => {
    const { folder } = await exported({ ...rnnlm, tokenizer: 'char' }, letters);
    const text = runPython(python, [join(folder, 'model.py'), 'abc']);
    expect(text).toMatch(/^abc/);
    expect([...text.trimEnd()]).toHaveLength(103);
    expect(runPython(python, [join(folder, 'model.py'), 'abc'])).toBe(text);
  });

  it('writes on from a prompt of words, and from none', async () => {
    const { folder } = await exported({ ...simpleRnnlm, tokenizer: 'word' }, [...words, 'x', '<eos>']);
    const text = runPython(python, [join(folder, 'model.py'), 'word3 word1']);
    expect(text).toMatch(/^word3 word1 (word\d+|x|\s)/);
    expect(text.split(/\s+/).length).toBeGreaterThan(80);
    expect(runPython(python, [join(folder, 'model.py')])).toMatch(/^(word\d+|x|\s)/);
  });

  it('takes tokens of the vocabulary where it knows no tokenizer', async () => {
    const { folder } = await exported(betterRnnlm, letters);
    expect(runPython(python, [join(folder, 'model.py'), 'a', 'd'])).toMatch(/^a d ./);
  });

  it.each([
    ['rnnlm', rnnlm],
    ['stack', projectedStack],
  ])('carries the state of a %s on while it writes', async (_, made) => {
    const config = { ...made, tokenizer: 'char' };
    const { folder, model } = await exported(config, letters);
    // Scores a thousand times as large leave no choice: what is drawn is the likeliest, which is what ours takes at temperature 0.
    // The last two are the weights of a linear layer and the last bias.
    for (const { value } of model.params.slice(-2))
      value.write((await value.read()).map((weight) => 1000 * weight));
    const tensors = await paramsToArrays(model.params);
    await writeFile(join(folder, 'model.safetensors'), serializeSafetensors(toPyTorch(config, tensors)));
    const options = { prompt: [0, 1, 2], sampleSize: 100, temperature: 0, random: new Random(1) };
    let expected = 'abc';
    for await (const id of generate(model, options)) expected += letters[id];
    expect(runPython(python, [join(folder, 'model.py'), 'abc']).trimEnd()).toBe(expected);
  });

  it('names a token that the vocabulary lacks', async () => {
    const { folder } = await exported({ ...rnnlm, tokenizer: 'char' }, letters);
    expect(() => runPython(python, [join(folder, 'model.py'), 'aé'])).toThrow(
      "model.py: the vocabulary has no 'é'; vocab.json lists what it has",
    );
  });
});

describe('modelPy', () => {
  it('defines the module with the sizes of the configuration', () => {
    expect(modelPy(rnnlm)).toContain('self.lstm = nn.LSTM(12, 16, batch_first=True)');
    expect(modelPy(simpleRnnlm)).toContain('self.rnn = nn.RNN(12, 16, batch_first=True)');
  });

  it('has a line for each layer of a stack', () => {
    const script = modelPy(tiedStack);
    expect(script).toContain('PyTorch: embedding, 2 RNN layers, linear tied to the embedding.');
    expect(script).toContain(`
        self.embedding = nn.Embedding(50, 12)
        self.rnn1 = nn.RNN(12, 16, batch_first=True)
        self.rnn2 = nn.RNN(16, 12, batch_first=True)
        self.linear = nn.Linear(12, 50)
        self.linear.weight = self.embedding.weight
`);
    expect(script).toContain(`
        """ids (N, T) to logits (N, T, V) and the state after them: of each layer h (1, N, H)"""
        state1, state2 = state or [None] * 2
        hs, state1 = self.rnn1(self.embedding(ids), state1)
        hs, state2 = self.rnn2(hs, state2)
        return self.linear(hs), (state1, state2)
`);
  });

  it('is the same whatever acts only while training', () => {
    const { dropouts, penalties, smoothing, ...rest } = projectedStack;
    expect([dropouts, penalties, smoothing]).not.toContain(undefined);
    expect(modelPy(rest)).toBe(modelPy(projectedStack));
  });

  it('refuses a GRU, which PyTorch computes otherwise', () => {
    expect(() => modelPy(gruStack)).toThrow('modelPy: expected a cell that is one of lstm, rnn, got "gru"');
  });

  it.each(['vocabSize', 'wordvecSize', 'hiddenSize', 'cell', 'layers', 'head', 'layerNorm', 'model'])(
    'lets nothing from a configuration into the script as it is: %s',
    (name) => {
      const config = { ...projectedStack, [name]: '16); import os; (16' } as unknown as ModelConfig;
      expect(() => modelPy(config)).toThrow(CheckpointError);
    },
  );

  it('lets no tokenizer into the script that it does not know', () => {
    const tokenizer = '"""\nimport os\n"""';
    expect(modelPy({ ...rnnlm, tokenizer })).toBe(modelPy(rnnlm));
  });
});
