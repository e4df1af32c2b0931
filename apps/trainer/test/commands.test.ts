import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallText, smallTraining, start, temporaryFolder, unroll } from './unroll.ts';

let folder: string;
let data: string;
let model: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-test-'));
  data = join(folder, 'text.txt');
  model = join(folder, 'run');
  await writeFile(data, smallText);
  await unroll(smallTraining(data, model, '--max-steps', '60'));
  return () => rm(folder, { recursive: true, force: true });
});

describe('unroll generate', () => {
  it('writes the prompt and as many tokens as asked for, the same for the same seed', async () => {
    const args = ['generate', model, '--prompt', 'the ', '--tokens', '50', '--seed', '3'];
    const first = await unroll(args);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^the /);
    expect(first.stdout).toHaveLength('the '.length + 50 + '\n'.length);
    expect((await unroll(args)).stdout).toBe(first.stdout);
    expect((await unroll([...args.slice(0, -1), '4'])).stdout).not.toBe(first.stdout);
  });

  it('takes the likeliest token at temperature 0 and at top-k 1', async () => {
    const cold = await unroll(['generate', model, '--tokens', '30', '--temperature', '0']);
    const single = await unroll(['generate', model, '--tokens', '30', '--top-k', '1', '--seed', '8']);
    expect(cold.stdout).toBe(single.stdout);
  });

  it('never writes a token to skip', async () => {
    const { stdout } = await unroll([
      'generate',
      model,
      '--tokens',
      '200',
      '--skip',
      't',
      '--skip',
      'e',
      '--temperature',
      '2',
    ]);
    expect(stdout).not.toMatch(/[te]/);
    expect(stdout.length).toBeGreaterThan(190);
  });

  it('ends quietly when its reader goes away', async () => {
    const { child, ended } = start(['generate', model, '--tokens', '100000']);
    child.stdout.once('data', () => child.stdout.destroy());
    const { code, stderr } = await ended;
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('refuses a prompt with characters that the model does not know, naming them', async () => {
    const { code, stderr, stdout } = await unroll(['generate', model, '--prompt', 'Zürich']);
    expect(stderr).toContain('ü');
    expect(code).toBe(3);
    expect(stdout).toBe('');
  });

  it.each([
    [['--top-p', '0'], 'Expected a number above 0, up to 1'],
    [['--temperature', '-1'], 'Expected a number from 0'],
    [['--tokens', 'many'], 'Expected a whole number from 0'],
  ])('refuses %j with 2', async (more, message) => {
    const { code, stderr } = await unroll(['generate', model, ...more]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('unroll evaluate', () => {
  it('evaluates a single text whole unless a split is named', async () => {
    const whole = JSON.parse((await unroll(['evaluate', model, '--data', data, '--json'])).stdout);
    expect(whole).toMatchObject({
      split: 'all',
      tokens: smallText.length,
      predictions: 2800,
      batchSize: 10,
      timeSize: 35,
    });
    const test = JSON.parse(
      (await unroll(['evaluate', model, '--data', data, '--split', 'test', '--exact', '--json'])).stdout,
    );
    expect(test).toMatchObject({ split: 'test', predictions: 152 });
  });

  it('prints perplexity, loss and predictions for people too', async () => {
    const { stdout } = await unroll(['evaluate', model, '--data', data]);
    expect(stdout).toMatch(
      /^perplexity {3}[\d.]+\nloss {9}[\d.]+ nats\npredictions {2}2,800 on the whole text/,
    );
  });

  it('counts every prediction of a text too short for the protocol, unless the protocol is asked for', async () => {
    const short = join(folder, 'short.txt');
    await writeFile(short, 'the cat');
    const { stdout, code } = await unroll(['evaluate', model, '--data', short]);
    expect(stdout).toContain('predictions  6 on the whole text (every prediction counted)');
    expect(code).toBe(0);
    const asked = await unroll(['evaluate', model, '--data', short, '--batch-size', '10']);
    expect(asked.stderr).toContain('expected at least 351 tokens');
    expect(asked.code).toBe(3);
  });

  it('refuses a text in which there is nothing to predict, with 3', async () => {
    const single = join(folder, 'single.txt');
    await writeFile(single, 't');
    const { code, stderr } = await unroll(['evaluate', model, '--data', single]);
    expect(stderr).toContain(`${single}: expected a text of two tokens or more`);
    expect(code).toBe(3);
  });

  it('names the file that has characters which the model does not know', async () => {
    await writeFile(join(folder, 'b.txt'), 'the café');
    const { code, stderr } = await unroll(['evaluate', model, '--data', 'text.txt', 'b.txt'], {}, folder);
    expect(stderr).toMatch(/^error: b\.txt: the vocabulary of \d+ characters lacks/m);
    expect(code).toBe(3);
  });
});

describe('unroll inspect', () => {
  it('shows every tensor of a folder and of a file', async () => {
    const ofFolder = await unroll(['inspect', model]);
    expect(ofFolder.code).toBe(0);
    expect(ofFolder.stdout).toContain('lstm.Wh   (12, 48)');
    expect(ofFolder.stdout).toContain('6 tensors, 1,302 numbers');
    const ofFile = await unroll(['inspect', join(model, 'model.safetensors')]);
    expect(ofFile.stdout).toContain('6 tensors, 1,302 numbers');
  });

  it('refuses what is not there', async () => {
    const { code, stderr } = await unroll(['inspect', join(folder, 'nowhere')]);
    expect(stderr).toContain('nowhere');
    expect(code).toBe(3);
  });
});

it.runIf(existsSync('/dev/full'))('says so, with 5, when standard output cannot be written', async () => {
  const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', `"$0" --conditions=@unroll/source "$1" inspect "$2" > /dev/full`, process.execPath, cli, model],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } },
  );
  expect(stderr).toContain('standard output could not be written');
  expect(status).toBe(5);
});

describe('unroll data ptb', () => {
  it('refuses files with the wrong sum and leaves nothing behind', async () => {
    const cache = await temporaryFolder();
    const server = createServer((_, response) => response.end('not the Penn Treebank'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { code, stderr } = await unroll(['data', 'ptb'], {
      UNROLL_DATA_MIRROR: `http://127.0.0.1:${port}`,
      XDG_CACHE_HOME: cache,
    });
    server.close();
    expect(stderr).toContain('ptb.train.txt');
    expect(code).toBe(3);
  });
});

describe('unroll', () => {
  it('explains itself with 0, and suggests a command for a misspelt one with 2', async () => {
    const help = await unroll(['--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('unroll train --data my.txt');
    const misspelt = await unroll(['trian']);
    expect(misspelt.stderr).toContain('Did you mean train?');
    expect(misspelt.code).toBe(2);
    expect((await unroll(['train'])).code).toBe(2);
  });
});
