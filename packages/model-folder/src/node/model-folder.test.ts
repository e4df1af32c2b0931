import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointError } from '@unroll/checkpoint';
import { ReferenceBackend } from '@unroll/tensor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { huggingFace, make, scores, TEXT, tokenizers } from '../../test/saved.ts';
import { packModel } from '../pack-model.ts';
import { loadConfig, loadModel, loadTokenizer, saveModel } from './model-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-model-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a model folder', () => {
  it('holds a model, its configuration and its tokenizer, each of which can be loaded', async () => {
    const [before, tokenizer] = [make(), tokenizers[0]];
    await saveModel(folder, before, tokenizer);
    const again = await loadModel(folder, { backend: new ReferenceBackend() });
    expect(await scores(again.model)).toEqual(await scores(before));
    expect(again.tokenizer.encode(TEXT)).toEqual(tokenizer.encode(TEXT));
    expect(await loadConfig(folder)).toEqual({ ...before.config, tokenizer: 'word' });
    expect((await loadTokenizer(folder)).decode(tokenizer.encode(TEXT))).toBe(
      tokenizer.decode(tokenizer.encode(TEXT)),
    );
  });

  it('has the bytes that packModel gives', async () => {
    const [model, tokenizer] = [make(tokenizers[2]), tokenizers[2]];
    await saveModel(folder, model, tokenizer);
    for (const [name, bytes] of await packModel(model, tokenizer)) {
      expect(new Uint8Array(await readFile(join(folder, name))), name).toEqual(bytes);
    }
  });

  it('gives the tokenizer of another tool to whoever brings what reads it', async () => {
    await saveModel(folder, make(tokenizers[3]), tokenizers[3]);
    await expect(loadTokenizer(folder)).rejects.toThrow(
      `${folder}/config.json: expected the tokenizer word, char or bpe`,
    );
    expect((await loadTokenizer(folder, { huggingFace })).vocabulary.tokens).toEqual(
      tokenizers[3].vocabulary.tokens,
    );
  });

  it('is refused when the weights are cut off at any byte', async () => {
    const smallest = { model: 'simple-rnnlm', wordvecSize: 1, hiddenSize: 1 };
    await saveModel(folder, make(tokenizers[0], smallest), tokenizers[0]);
    const path = join(folder, 'model.safetensors');
    const whole = await readFile(path);
    const backend = new ReferenceBackend();
    for (let length = whole.length - 1; length >= 0; length--) {
      await truncate(path, length);
      const error = await loadModel(folder, { backend }).catch((caught: unknown) => caught);
      expect(error, `cut at ${length}`).toBeInstanceOf(CheckpointError);
      expect((error as Error).message).toContain(path);
    }
    expect(backend.bytes).toBe(0);
    await writeFile(path, whole);
    await expect(loadModel(folder, { backend })).resolves.toBeDefined();
  });

  it('says what it is and gives its tokenizer also without weights', async () => {
    await saveModel(folder, make(), tokenizers[0]);
    await writeFile(join(folder, 'model.safetensors'), 'nonsense');
    expect((await loadConfig(folder)).hiddenSize).toBe(4);
    await rm(join(folder, 'model.safetensors'));
    expect((await loadTokenizer(folder)).vocabulary.tokens).toEqual(tokenizers[0].vocabulary.tokens);
  });

  it('keeps its model when another is to be saved with a tokenizer that is not its own', async () => {
    const before = make();
    await saveModel(folder, before, tokenizers[0]);
    await expect(saveModel(folder, make(tokenizers[1]), tokenizers[0])).rejects.toThrow(CheckpointError);
    const { model } = await loadModel(folder, { backend: new ReferenceBackend() });
    expect(await scores(model)).toEqual(await scores(before));
  });

  it.each(['model.safetensors', 'config.json', 'vocab.json'])('without %s is refused', async (name) => {
    await saveModel(folder, make(), tokenizers[0]);
    await rm(join(folder, name));
    await expect(loadModel(folder, { backend: new ReferenceBackend() })).rejects.toThrow(join(folder, name));
  });
});
