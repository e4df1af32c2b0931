import { spawnSync } from 'node:child_process';
import { existsSync, promises } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonObject, paramsToArrays } from '@unroll/checkpoint';
import { readModelFolder, readSafetensorsFile, writeModelFolder } from '@unroll/checkpoint/node';
import { loadModel, saveModel } from '@unroll/model-folder/node';
import { createModel, type ModelConfig } from '@unroll/rnnlm';
import { ReferenceBackend } from '@unroll/tensor';
import { BpeTokenizer } from '@unroll/text';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exportModel } from '../src/commands/export.ts';
import { importModel } from '../src/commands/import.ts';
import { exitCodeOf } from '../src/exit-code.ts';
import { temporaryFolder } from './unroll.ts';

const vocab = ['\n', 'a', 'b', 'c', 'd'];
const sizes = { vocabSize: 5, wordvecSize: 3, hiddenSize: 4 };
let folder: string;
let model: string;
let said: string[];

beforeEach(async () => {
  folder = await temporaryFolder();
  model = join(folder, 'model');
  said = [];
  vi.spyOn(console, 'error').mockImplementation((line) => said.push(line));
  await writeModel(model, { model: 'rnnlm', ...sizes });
});

async function writeModel(path: string, config: ModelConfig & JsonObject): Promise<void> {
  const { params } = createModel(config, { backend: new ReferenceBackend(), seed: 1 });
  const tensors = await paramsToArrays(params);
  await writeModelFolder(path, { config: { ...config, tokenizer: 'char' }, vocab, tensors });
}

afterEach(() => {
  vi.restoreAllMocks();
});

const files = async (path: string): Promise<string[]> => (await readdir(path)).sort();

async function refused(command: Promise<void>, code: number, message: string): Promise<void> {
  const error: unknown = await command.catch((caught: unknown) => caught);
  expect(String(error)).toContain(message);
  expect(exitCodeOf(error)).toBe(code);
}

describe('exportModel', () => {
  it('writes a PyTorch folder, and says how to run it', async () => {
    const out = join(folder, 'new', 'torch');
    await exportModel(model, { format: 'pytorch', out });
    expect(await files(out)).toEqual(['config.json', 'model.py', 'model.safetensors', 'vocab.json']);
    const { tensors } = await readSafetensorsFile(join(out, 'model.safetensors'));
    expect(tensors.get('lstm.weight_ih_l0')?.shape).toEqual([16, 3]);
    expect(await readFile(join(out, 'model.py'), 'utf8')).toContain('nn.LSTM(3, 4, batch_first=True)');
    expect(said.at(-1)).toBe(`then: python3 ${out}/model.py`);
  });

  it('writes an ONNX folder with the vocabulary', async () => {
    const out = join(folder, 'onnx');
    await exportModel(model, { format: 'onnx', out });
    expect(await files(out)).toEqual(['config.json', 'model.onnx', 'vocab.json']);
    expect(JSON.parse(await readFile(join(out, 'vocab.json'), 'utf8'))).toEqual(vocab);
    expect(said).toHaveLength(2);
  });

  it('writes an npz file, and names what is in it', async () => {
    const out = join(folder, 'model.npz');
    await exportModel(model, { format: 'npz', out });
    expect((await readFile(out)).subarray(0, 2).toString()).toBe('PK');
    expect(said[0]).toBe(`wrote ${out}: embed.W, lstm.Wx, lstm.Wh, lstm.b, affine.W, affine.b`);
  });

  it.each(['pytorch', 'onnx', 'npz'] as const)('writes over an earlier %s only if forced', async (format) => {
    const out = join(folder, 'out.npz');
    await exportModel(model, { format, out });
    await refused(exportModel(model, { format, out }), 2, 'add --force');
    await exportModel(model, { format, out, force: true });
    expect(await files(folder)).toEqual(['model', 'out.npz']);
  });

  it('never writes among other files, forced or not', async () => {
    const out = join(folder, 'run');
    await mkdir(out);
    await writeFile(join(out, 'metrics.jsonl'), '');
    const options = { format: 'pytorch', out, force: true } as const;
    await refused(exportModel(model, options), 2, 'holds other files (metrics.jsonl)');
    expect(await files(out)).toEqual(['metrics.jsonl']);
  });

  it('never writes into the folder that it reads', async () => {
    const options = { format: 'pytorch', out: join(model, '.'), force: true } as const;
    await refused(exportModel(model, options), 2, 'is the folder that is read');
  });

  it('says what --out is for each form', async () => {
    await refused(exportModel(model, { format: 'npz', out: join(folder, 'x') }), 2, 'ends in .npz');
    await refused(exportModel(model, { format: 'onnx', out: join(folder, 'x.onnx') }), 2, 'name of a folder');
    await writeFile(join(folder, 'file'), '');
    const options = { format: 'onnx', out: join(folder, 'file') } as const;
    await refused(exportModel(model, options), 2, 'expected a folder, or nothing yet');
  });

  it('leaves nothing behind where the disk is full, and an earlier export as it was', async () => {
    const out = join(folder, 'torch');
    await exportModel(model, { format: 'pytorch', out });
    await writeFile(join(out, 'model.py'), 'mine');
    const { open } = promises;
    vi.spyOn(promises, 'open').mockImplementation(async (path, ...more) => {
      const handle = await open(path, ...more);
      handle.writeFile = () => Promise.reject(new Error('ENOSPC: no space left on device, write'));
      return handle;
    });
    const other = join(folder, 'other');
    await refused(exportModel(model, { format: 'pytorch', out, force: true }), 5, 'ENOSPC');
    await refused(exportModel(model, { format: 'onnx', out: other }), 5, 'ENOSPC');
    vi.restoreAllMocks();
    expect(await files(folder)).toEqual(['model', 'torch']);
    expect(await readFile(join(out, 'model.py'), 'utf8')).toBe('mine');
  });

  it('writes a stack with a module for each layer, and the state of each for ONNX', async () => {
    const stack = join(folder, 'stack');
    const config = { model: 'stacked-rnnlm', ...sizes, cell: 'lstm', layers: 2, head: 'tied' } as const;
    await writeModel(stack, { ...config, dropouts: { hidden: 0.5, weights: 0.5 } });
    const [torch, onnx] = [join(folder, 'torch'), join(folder, 'onnx')];
    await exportModel(stack, { format: 'pytorch', out: torch });
    const script = await readFile(join(torch, 'model.py'), 'utf8');
    expect(script).toContain('self.lstm1 = nn.LSTM(3, 4, batch_first=True)');
    expect(script).toContain('self.lstm2 = nn.LSTM(4, 3, batch_first=True)');
    await exportModel(stack, { format: 'onnx', out: onnx });
    const file = await readFile(join(onnx, 'model.onnx'), 'latin1');
    for (const name of ['h1', 'c1', 'h2_out', 'c2_out']) expect(file).toContain(name);
  });

  it('names the cells that go elsewhere if that of a model does not, and leaves nothing behind', async () => {
    const [stack, out] = [join(folder, 'stack'), join(folder, 'out')];
    await writeModel(stack, { model: 'stacked-rnnlm', ...sizes, cell: 'min-gru' });
    for (const format of ['pytorch', 'onnx'] as const) {
      await refused(
        exportModel(stack, { format, out }),
        3,
        'got "min-gru". PyTorch takes lstm, rnn; ONNX takes',
      );
    }
    expect(existsSync(out)).toBe(false);
    await exportModel(stack, { format: 'npz', out: `${out}.npz` });
    expect(said[0]).toContain('embed.W, mingru1.W, mingru1.b, affine.W, affine.b');
  });
});

describe('importModel', () => {
  it('brings a model on byte pairs back, with a tokenizer.json of any size that is meant well', async () => {
    const tokenizer = BpeTokenizer.train('the cat sat on the mat. '.repeat(20), { vocabSize: 270 });
    const V = tokenizer.vocabulary.size;
    const config = { model: 'rnnlm', vocabSize: V, wordvecSize: 3, hiddenSize: 4 };
    const bytePairs = join(folder, 'byte-pairs');
    await saveModel(bytePairs, createModel(config, { backend: new ReferenceBackend() }), tokenizer);
    const [torch, back] = [join(folder, 'torch'), join(folder, 'back')];
    await exportModel(bytePairs, { format: 'pytorch', out: torch });
    // As large as those of other tools, which write with spaces: more than a configuration may have.
    const json = await readFile(join(torch, 'tokenizer.json'), 'utf8');
    await writeFile(join(torch, 'tokenizer.json'), `${json}${' '.repeat(2 ** 20)}`);
    await importModel(torch, { command: 'unroll', out: back });
    expect(await readModelFolder(back)).toEqual(await readModelFolder(bytePairs));
  });

  it('makes the model folder again that was exported, to the bit', async () => {
    const [torch, back] = [join(folder, 'torch'), join(folder, 'back')];
    await exportModel(model, { format: 'pytorch', out: torch });
    await importModel(torch, { command: 'unroll', out: back });
    expect(await readModelFolder(back)).toEqual(await readModelFolder(model));
    for (const name of ['config.json', 'vocab.json', 'model.safetensors']) {
      expect(await readFile(join(back, name))).toEqual(await readFile(join(model, name)));
    }
    await expect(loadModel(back, { backend: new ReferenceBackend() })).resolves.toBeDefined();
    expect(said.at(-1)).toBe(`then: unroll generate ${back}`);
  });

  it.each([
    ['better-rnnlm', { model: 'better-rnnlm', ...sizes, wordvecSize: 4 }],
    [
      'stack',
      { model: 'stacked-rnnlm', ...sizes, cell: 'rnn', layers: 3, head: 'projected', layerNorm: true },
    ],
  ] as const)('makes the model folder of a %s again, to the bit', async (_, config) => {
    const [stack, torch, back] = ['stack', 'torch', 'back'].map((name) => join(folder, name));
    await writeModel(stack, config);
    await exportModel(stack, { format: 'pytorch', out: torch });
    await importModel(torch, { command: 'unroll', out: back });
    expect(await readModelFolder(back)).toEqual(await readModelFolder(stack));
    await expect(loadModel(back, { backend: new ReferenceBackend() })).resolves.toBeDefined();
  });

  it('takes a file with a vocabulary and a tokenizer from elsewhere', async () => {
    const torch = join(folder, 'torch');
    await exportModel(model, { format: 'pytorch', out: torch });
    const [path, words] = [join(folder, 'lm.safetensors'), join(folder, 'words.json')];
    await writeFile(path, await readFile(join(torch, 'model.safetensors')));
    await writeFile(words, JSON.stringify(['<eos>', 'the', 'cat', 'sat', '<unk>']));
    const out = join(folder, 'back');
    await refused(importModel(path, { command: 'unroll', out }), 3, 'Name the vocabulary with --vocab');
    await refused(importModel(path, { command: 'unroll', out, vocab: words }), 2, 'name it with --tokenizer');
    await refused(
      importModel(path, { command: 'unroll', out, vocab: words, tokenizer: 'char' }),
      3,
      'CharTokenizer',
    );
    expect(existsSync(out)).toBe(false);
    await importModel(path, { command: 'unroll', out, vocab: words, tokenizer: 'word' });
    const { tokenizer } = await loadModel(out, { backend: new ReferenceBackend() });
    expect(tokenizer.kind).toBe('word');
  });

  it('refuses a vocabulary of another size', async () => {
    const [torch, out] = [join(folder, 'torch'), join(folder, 'back')];
    await exportModel(model, { format: 'pytorch', out: torch });
    await writeFile(join(torch, 'vocab.json'), '["a"]');
    await refused(
      importModel(torch, { command: 'unroll', out }),
      3,
      'expected the 5 tokens that the embedding in',
    );
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a model folder, a pickle and a file that is not there', async () => {
    const out = join(folder, 'back');
    await refused(importModel(model, { command: 'unroll', out }), 3, 'lacks "embedding.weight"');
    await refused(
      importModel(join(folder, 'model.pt'), { command: 'unroll', out }),
      3,
      'save_file(model.state_dict()',
    );
    await refused(
      importModel(join(folder, 'x.safetensors'), { command: 'unroll', out }),
      3,
      'there is no such file',
    );
    expect(existsSync(out)).toBe(false);
    await mkdir(out);
    await refused(
      importModel(join(folder, 'no', 'x.safetensors'), { command: 'unroll', out }),
      3,
      'there is no such file',
    );
  });

  it('writes over a model only if forced', async () => {
    const [torch, back] = [join(folder, 'torch'), join(folder, 'back')];
    await exportModel(model, { format: 'pytorch', out: torch });
    await importModel(torch, { command: 'unroll', out: back });
    await refused(importModel(torch, { command: 'unroll', out: back }), 2, 'add --force');
    await importModel(torch, { command: 'unroll', out: back, force: true });
    await refused(
      importModel(torch, { command: 'unroll', out: torch, force: true }),
      2,
      'is the folder that is read',
    );
  });
});

const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import torch']).status === 0,
);

describe.skipIf(!python)(
  `what is exported ${python ? '' : '(needs Python with torch, which is not here)'}`,
  () => {
    it.each([
      ['rnnlm', { model: 'rnnlm', ...sizes }],
      ['better-rnnlm', { model: 'better-rnnlm', ...sizes, wordvecSize: 4, dropout: 0.2 }],
    ])('writes on in Python: %s', async (name, config) => {
      const [made, out] = [join(folder, name), join(folder, 'torch')];
      await writeModel(made, config);
      await exportModel(made, { format: 'pytorch', out });
      const { stdout, stderr } = spawnSync(python ?? '', [join(out, 'model.py'), 'ab'], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(stdout).toMatch(/^ab[abcd\n]{101}$/);
    });
  },
);
