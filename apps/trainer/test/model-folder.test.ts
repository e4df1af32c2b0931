import { cp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallText, smallTraining, temporaryFolder, unroll } from './unroll.ts';

let model: string;

beforeAll(async () => {
  // Not a temporary folder of one test: all tests here copy from it.
  const { mkdtemp } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const folder = await mkdtemp(join(tmpdir(), 'unroll-test-'));
  await writeFile(join(folder, 'text.txt'), smallText);
  model = join(folder, 'run');
  await unroll(smallTraining(join(folder, 'text.txt'), model, '--wordvec-size', '2', '--hidden-size', '2'));
  return () => rm(folder, { recursive: true, force: true });
});

async function damaged(damage: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(await temporaryFolder(), 'model');
  await cp(model, folder, { recursive: true });
  await damage(folder);
  return folder;
}

describe('a damaged model folder', () => {
  it.each(['model.safetensors', 'config.json', 'vocab.json'])(
    'without %s is refused with 3 by every command',
    async (name) => {
      const folder = await damaged((path) => rm(join(path, name)));
      for (const args of [
        ['generate', folder],
        ['inspect', folder],
        ['evaluate', folder, '--data', folder],
      ]) {
        const { code, stderr, stdout } = await unroll(args);
        expect(stderr).toContain(name);
        expect(code).toBe(3);
        expect(stdout).toBe('');
      }
    },
  );

  it.each([0, 0.01, 0.5, 0.999])(
    'is refused with 3 when the weights are cut off after %d of them',
    async (share) => {
      const folder = await damaged(async (path) => {
        const weights = join(path, 'model.safetensors');
        await truncate(weights, Math.floor((await stat(weights)).size * share));
      });
      const { code, stderr, stdout } = await unroll(['generate', folder]);
      expect(stderr).toContain('model.safetensors');
      expect([code, stdout]).toEqual([3, '']);
    },
  );

  it.each([
    ['hiddenSize', 3, 'lstm.Wx (2, 12), model.safetensors has (2, 8)'],
    ['wordvecSize', 1e9, 'embed.W (14, 1000000000), model.safetensors has (14, 2)'],
    ['vocabSize', 16, 'config.json expects a vocabulary of 16, vocab.json has 14 tokens'],
    [
      'model',
      'gpt',
      'expected model to be one of simple-rnnlm, rnnlm, better-rnnlm, stacked-rnnlm, got "gpt"',
    ],
    [
      'model',
      '__proto__',
      'expected model to be one of simple-rnnlm, rnnlm, better-rnnlm, stacked-rnnlm, got "__proto__"',
    ],
    ['tokenizer', null, 'expected tokenizer to be one of word, char, bpe, huggingface, got null'],
    ['hiddenSize', -2, 'expected hiddenSize to be a whole number from 1, got -2'],
  ])('is refused when config.json says %s %j', async (name, value, message) => {
    const folder = await damaged(async (path) => {
      const config = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
      await writeFile(join(path, 'config.json'), JSON.stringify({ ...config, [name]: value }));
    });
    const { code, stderr } = await unroll(['generate', folder]);
    expect(stderr).toContain(message);
    expect(code).toBe(3);
  });

  it('is refused when a weight is not a number', async () => {
    const folder = await damaged(async (path) => {
      const bytes = await readFile(join(path, 'model.safetensors'));
      bytes.writeFloatLE(Number.NaN, bytes.length - 4);
      await writeFile(join(path, 'model.safetensors'), bytes);
    });
    const { code, stderr } = await unroll(['generate', folder]);
    expect(stderr).toContain('got NaN');
    expect(code).toBe(3);
    const inspected = await unroll(['inspect', folder, '--json']);
    expect(inspected.code).toBe(0);
    const { tensors } = JSON.parse(inspected.stdout);
    expect(tensors.reduce((sum: number, { notNumbers }: { notNumbers: number }) => sum + notNumbers, 0)).toBe(
      1,
    );
  });
});
