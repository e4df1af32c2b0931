import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelFolder } from '@unroll/checkpoint/node';
import { describe, expect, it } from 'vitest';
import { smallText, smallTraining, start, temporaryFolder, unroll } from './unroll.ts';

async function withText(text: string): Promise<{ folder: string; data: string; out: string }> {
  const folder = await temporaryFolder();
  const data = join(folder, 'text.txt');
  await writeFile(data, text);
  return { folder, data, out: join(folder, 'run') };
}

const metricsOf = (out: string): Record<string, number>[] =>
  readFileSync(join(out, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('unroll train', () => {
  it('leaves a model folder, the metrics, the evaluations and the samples', async () => {
    const { data, out } = await withText(smallText);
    const { code, stderr } = await unroll(smallTraining(data, out));
    expect(stderr).toContain('done in');
    expect(code).toBe(0);
    expect((await readdir(out)).sort()).toEqual([
      'checkpoints',
      'config.json',
      'config.resolved.yaml',
      'env.json',
      'evaluations.jsonl',
      'events.out.tfevents.unroll',
      'metrics.jsonl',
      'model.safetensors',
      'report.html',
      'run.json',
      'samples.txt',
      'test.json',
      'vocab.json',
    ]);
    const { config, vocab, tensors } = await readModelFolder(out);
    expect(config).toEqual({
      model: 'rnnlm',
      vocabSize: vocab.length,
      wordvecSize: 8,
      hiddenSize: 12,
      tokenizer: 'char',
    });
    expect([...tensors.keys()].sort()).toEqual(
      ['affine.W', 'affine.b', 'embed.W', 'lstm.Wh', 'lstm.Wx', 'lstm.b'].sort(),
    );
    const metrics = metricsOf(out);
    expect(metrics.map(({ step }) => step)).toEqual([1, 5, 10, 12]);
    for (const record of metrics) {
      expect(Object.keys(record)).toEqual([
        'step',
        'epoch',
        'loss',
        'perplexity',
        'lr',
        'gradNorm',
        'tokensPerSecond',
      ]);
    }
    expect(metrics[0].loss).toBeCloseTo(Math.log(vocab.length), 1);
    expect(metrics[3].loss).toBeLessThan(metrics[0].loss);
  });

  it('prints a banner with data, vocabulary, parameters, ln V, seed and backend, and no control characters', async () => {
    const { data, out } = await withText(smallText);
    const { stderr } = await unroll(smallTraining(data, out, '--seed', '7'));
    expect(stderr).toContain('3,060 characters: first 90 % to train, next 5 % to validate, last 5 % to test');
    expect(stderr).toContain(`loss ln V = ${Math.log(14).toFixed(3)}`);
    expect(stderr).toMatch(/rnnlm, D 8, H 12: [\d,]+ parameters/);
    expect(stderr).toMatch(/^backend {5}(blas|wasm), .*(thread|threads)/m);
    expect(stderr).toContain('seed 7');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(stderr).not.toMatch(/[\u001b\r]/);
  });

  it('says how much of the text is unknown, and refuses to make all of it so', async () => {
    const { data, out } = await withText(smallText);
    const rare = ['--tokenizer', 'word', '--min-count'];
    const { stdout } = await unroll(smallTraining(data, out, ...rare, '200', '--dry-run'));
    expect(stdout).toMatch(/^vocabulary {2}\d+ words, <unk> in the place of [\d.]+ % of the text$/m);
    const refused = await unroll(smallTraining(data, out, ...rare, '100000'));
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('expected a minCount that some token reaches, got 100000');
  });

  it('gives the same weights and metrics for the same seed, others for another', async () => {
    const { folder, data } = await withText(smallText);
    const run = async (name: string, seed: string) => {
      await unroll(smallTraining(data, join(folder, name), '--seed', seed));
      return readFile(join(folder, name, 'model.safetensors'));
    };
    const [first, again, other] = [await run('a', '1'), await run('b', '1'), await run('c', '2')];
    expect(first.equals(again)).toBe(true);
    expect(first.equals(other)).toBe(false);
    const losses = (name: string) =>
      metricsOf(join(folder, name)).map(({ loss, gradNorm }) => [loss, gradNorm]);
    expect(losses('a')).toEqual(losses('b'));
  });

  it('evaluates to the same loss from the model folder as at the end of training', async () => {
    const { data, out } = await withText(smallText);
    await unroll(smallTraining(data, out));
    const [{ loss, predictions }] = readFileSync(join(out, 'evaluations.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { stdout, code } = await unroll([
      'evaluate',
      out,
      '--data',
      data,
      '--split',
      'valid',
      '--exact',
      '--json',
    ]);
    expect(code).toBe(0);
    const evaluated = JSON.parse(stdout);
    expect(evaluated).toMatchObject({ split: 'valid', predictions, exact: true });
    expect(evaluated.loss).toBeCloseTo(loss, 6);
    expect(evaluated.perplexity).toBeCloseTo(Math.exp(loss), 5);
  });

  it('trains every model, optimizer and schedule that its help names', async () => {
    const { folder, data } = await withText(smallText);
    for (const [i, more] of [
      ['--model', 'simple-rnnlm', '--optimizer', 'sgd', '--lr', '1'],
      ['--optimizer', 'momentum', '--schedule', 'plateau'],
      ['--optimizer', 'nesterov', '--schedule', 'warmup', '--warmup', '5'],
      ['--optimizer', 'adagrad', '--schedule', 'cosine', '--warmup', '3'],
      ['--optimizer', 'sgd', '--weight-decay', '0.001', '--schedule', 'linear', '--warmup', '3'],
      ['--optimizer', 'adamw', '--average', 'ema', '--accumulate', '2', '--random-length'],
      ['--model', 'better-rnnlm', '--wordvec-size', '12', '--dropout', '0.2', '--average', 'asgd'],
      [
        '--model',
        'stacked-rnnlm',
        '--cell',
        'qrnn',
        '--layers',
        '2',
        '--head',
        'projected',
        '--dropout',
        '0.1',
      ],
      ['--optimizer', 'rmsprop', '--schedule', 'one-cycle'],
      ['--optimizer', 'adamw', '--max-grad', '0'],
    ].entries()) {
      const out = join(folder, `run${i}`);
      const { code, stderr } = await unroll(smallTraining(data, out, ...more));
      expect(stderr).toContain('done in');
      expect(code).toBe(0);
    }
  });

  it('trains on a folder of text files, by word', async () => {
    const { folder } = await withText('');
    await mkdir(join(folder, 'texts'));
    await writeFile(join(folder, 'texts', 'b.txt'), smallText);
    await writeFile(join(folder, 'texts', 'a.md'), smallText);
    const out = join(folder, 'run');
    const args = smallTraining(join(folder, 'texts'), out, '--tokenizer', 'word');
    const { code, stderr } = await unroll(args);
    expect(stderr).toContain('2 files joined to one text');
    expect(code).toBe(0);
    const { vocab } = await readModelFolder(out);
    expect(vocab).toContain('<eos>');
    expect(vocab).toContain('cat');
  });

  it('learns and writes Korean', async () => {
    const { data, out } = await withText('나는 학교에 간다. 너는 집에 간다.\n'.repeat(80));
    await unroll(smallTraining(data, out));
    const { code, stdout } = await unroll(['generate', out, '--prompt', '나는', '--tokens', '20']);
    expect(code).toBe(0);
    expect(stdout.startsWith('나는')).toBe(true);
    expect(Array.from(stdout.trimEnd()).length).toBeGreaterThan(10);
  });

  it('starts from given weights, of a file or of a model folder', async () => {
    const { folder, data, out } = await withText(smallText);
    await unroll(smallTraining(data, out));
    const first = async (name: string, weights: string) => {
      await unroll(smallTraining(data, join(folder, name), '--weights', weights, '--seed', '9'));
      return metricsOf(join(folder, name))[0].loss;
    };
    const fromFolder = await first('a', out);
    expect(fromFolder).toBe(await first('b', join(out, 'model.safetensors')));
    expect(fromFolder).toBeLessThan(metricsOf(out)[0].loss);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends on %s after the step at hand, saves, and says how to go on', async (signal, expected) => {
    const { data, out } = await withText(smallText);
    const { child, ended } = start(smallTraining(data, out, '--max-steps', '1000000', '--epochs', '1000000'));
    let told = false;
    child.stderr.on('data', (chunk) => {
      if (told || !/epoch +1 /.test(String(chunk))) return;
      told = true;
      child.kill(signal);
    });
    const { code, stderr } = await ended;
    expect(code).toBe(expected);
    expect(stderr).toContain('saving after this step');
    expect(stderr).toMatch(
      /ended after .* at step \d+ of .*; everything is saved. Go on with: unroll resume /,
    );
    expect(await readdir(join(out, 'checkpoints'))).toContain('latest');
    expect(existsSync(join(out, 'lock'))).toBe(false);
  });

  it('lets the bias of the output begin with the counts of tokens, so that the first loss is that of counting', async () => {
    const { data, out } = await withText('aaaaaaaaab'.repeat(300));
    const firstLoss = async (...options: string[]) => {
      expect((await unroll(smallTraining(data, out, '--force', ...options))).code).toBe(0);
      return metricsOf(out)[0].loss;
    };
    expect(await firstLoss()).toBeCloseTo(Math.log(2), 1);
    const entropy = -(0.9 * Math.log(0.9) + 0.1 * Math.log(0.1));
    expect(await firstLoss('--output-bias', 'counts')).toBeCloseTo(entropy, 1);
  });

  it('ends with 4 when the loss is no longer a number, says at which step, and keeps the last good weights', async () => {
    const { data, out } = await withText(smallText);
    const more = ['--optimizer', 'sgd', '--lr', '1e38', '--max-grad', '0', '--eval-interval', '1'];
    const { code, stderr } = await unroll(smallTraining(data, out, ...more));
    expect(stderr).toMatch(/training diverged at step \d+: loss/);
    expect(stderr).toMatch(/the model in .* is (as it was before training|that of step \d+)/);
    expect(code).toBe(4);
    const { tensors } = await readModelFolder(out);
    for (const { data } of tensors.values())
      expect(data.every((value: number) => Number.isFinite(value))).toBe(true);
    expect((await unroll(['generate', out, '--tokens', '5'])).code).toBe(0);
  });

  it('writes over an earlier run only with --force, and then leaves other files alone', async () => {
    const { data, out } = await withText(smallText);
    await unroll(smallTraining(data, out));
    await writeFile(join(out, 'notes.txt'), 'mine');
    const before = await readFile(join(out, 'model.safetensors'));
    const refused = await unroll(smallTraining(data, out, '--seed', '2'));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('is not empty');
    expect(refused.stderr).toContain('--force');
    expect((await readFile(join(out, 'model.safetensors'))).equals(before)).toBe(true);

    expect((await unroll(smallTraining(data, out, '--seed', '2', '--force'))).code).toBe(0);
    expect((await readFile(join(out, 'model.safetensors'))).equals(before)).toBe(false);
    expect(metricsOf(out)).toHaveLength(4);
    expect(await readFile(join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it.each([
    ['an empty file', '', 3, /text\.txt.*empty/],
    ['a binary file', 'abc\0def'.repeat(1000), 3, /text\.txt.*binary/],
    [
      'a text shorter than one batch',
      'too short',
      3,
      /text\.txt: expected at least 41 tokens for training.*--batch-size 4 and --time-size 10.*Use a longer text/,
    ],
  ])('refuses %s, and makes no folder', async (_, text, expectedCode, message) => {
    const { data, out } = await withText(text);
    const { code, stderr } = await unroll(smallTraining(data, out));
    expect(stderr).toMatch(message);
    expect(code).toBe(expectedCode);
    expect(existsSync(out)).toBe(false);
  });

  it('names the file and the byte at which text is not UTF-8', async () => {
    const { data, out } = await withText('');
    await writeFile(data, Buffer.concat([Buffer.from(smallText), Buffer.from([0xc3, 0x28])]));
    const { code, stderr } = await unroll(smallTraining(data, out));
    expect(stderr).toContain(data);
    expect(stderr).toContain('3060');
    expect(code).toBe(3);
  });

  it.each([
    [['--batch-size', '0'], 'Expected a whole number from 1'],
    [['--hidden-size', '1.5'], 'Expected a whole number from 1'],
    [['--lr', 'fast'], 'Expected a number from 0'],
    [['--optimizer', 'adm'], 'Allowed choices are sgd, momentum'],
    [['--batchsize', '3'], 'Did you mean --batch-size?'],
    [['--warmup', '3'], '--warmup goes with --schedule warmup, linear or cosine'],
    [['--seed', '-1'], 'Expected a whole number from 0'],
  ])('refuses %j with 2', async (more, message) => {
    const { data, out } = await withText(smallText);
    const { code, stderr } = await unroll(smallTraining(data, out, ...more));
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [['--hidden-size', '1000000000'], 'expected fewer than 2^31 elements'],
    [['--hidden-size', '20000'], 'cannot grow so far (4 GiB is the limit)'],
    [['--backend', 'reference', '--threads', '2'], 'expected one thread for the reference backend, got 2'],
    [['--threads', '1000'], 'expected threads to be a whole number from 1 to 64'],
  ])('refuses what cannot be computed, %j, with 2', async (more, message) => {
    const { data, out } = await withText(smallText);
    const { code, stderr } = await unroll(smallTraining(data, out, ...more));
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it('goes on when nobody reads what it prints', async () => {
    const { data, out } = await withText(smallText);
    const { child, ended } = start(smallTraining(data, out, '--max-steps', '60'));
    child.stderr.once('data', () => child.stderr.destroy());
    expect((await ended).code).toBe(0);
    expect(metricsOf(out).at(-1)?.step).toBe(60);
  });

  it('logs as rarely as it is told', async () => {
    const { data, out } = await withText(smallText);
    expect((await unroll(smallTraining(data, out, '--log-every', '1000000000'))).code).toBe(0);
    expect(metricsOf(out).map(({ step }) => step)).toEqual([1, 12]);
  });

  it('trains on the reference backend too, to nearly the same losses', async () => {
    const { folder, data, out } = await withText(smallText);
    const reference = join(folder, 'reference');
    expect((await unroll(smallTraining(data, out, '--backend', 'wasm', '--threads', '2'))).code).toBe(0);
    expect((await unroll(smallTraining(data, reference, '--backend', 'reference'))).code).toBe(0);
    const theirs = metricsOf(reference);
    for (const [i, { loss }] of metricsOf(out).entries()) expect(loss).toBeCloseTo(theirs[i].loss, 4);
  });

  it('refuses weights of another size with 3, naming file, tensor and shapes', async () => {
    const { folder, data, out } = await withText(smallText);
    await unroll(smallTraining(data, out));
    const other = join(folder, 'other');
    const train = (weights: string) =>
      unroll(smallTraining(data, other, '--hidden-size', '16', '--weights', weights));
    const fromFile = await train(join(out, 'model.safetensors'));
    expect(fromFile.stderr).toContain('model.safetensors');
    expect(fromFile.stderr).toContain('"lstm.Wh" expected (16, 64), got (12, 48)');
    expect(fromFile.code).toBe(3);
    const fromFolder = await train(out);
    expect(fromFolder.stderr).toContain('--hidden-size: model.hiddenSize cannot be 16 with the weights of');
    expect(fromFolder.code).toBe(2);
    expect(existsSync(other)).toBe(false);
  });
});

describe('unroll train, and what belongs to somebody else', () => {
  it('writes over nothing that is no run, not even with --force', async () => {
    const { folder, data } = await withText(smallText);
    const mine = join(folder, 'mine');
    await mkdir(join(mine, 'interrupted'), { recursive: true });
    await writeFile(join(mine, 'samples.txt'), 'mine');
    const { code, stderr } = await unroll(smallTraining(data, mine, '--force'));
    expect(stderr).toContain('this folder holds none');
    expect(code).toBe(2);
    expect(await readFile(join(mine, 'samples.txt'), 'utf8')).toBe('mine');
  });

  it.each(['texts', '.'])(
    'refuses --out %s for a text folder texts, which it could write over',
    async (name) => {
      const { folder } = await withText('');
      await mkdir(join(folder, 'texts'));
      await writeFile(join(folder, 'texts', 'a.txt'), smallText);
      const { code, stderr } = await unroll(
        smallTraining(join(folder, 'texts'), join(folder, name), '--force'),
      );
      expect(stderr).toContain('texts, which is read, does not lie');
      expect(code).toBe(2);
      expect(await readdir(join(folder, 'texts'))).toEqual(['a.txt']);
    },
  );

  it('finds its texts by a pattern, from within the folder of a run too', async () => {
    const { folder } = await withText('');
    await mkdir(join(folder, 'texts (old)'));
    await writeFile(join(folder, 'texts (old)', 'a.txt'), smallText);
    const run = join(folder, 'run');
    const begun = await unroll(
      [...smallTraining('*.txt', run), '--max-time', '0.001s'],
      {},
      join(folder, 'texts (old)'),
    );
    expect(begun.stderr).toContain('the time is up');
    const { code, stderr } = await unroll(['resume', '.'], {}, run);
    expect(stderr).toContain('done in');
    expect(code).toBe(0);
  });

  it('does not take the records of a run that lies among the texts for text', async () => {
    const { folder } = await withText('');
    const texts = join(folder, 'texts');
    await mkdir(texts);
    await writeFile(join(texts, 'a.txt'), smallText);
    const run = join(texts, 'run');
    await unroll(smallTraining(texts, run));
    const first = metricsOf(run).map(({ loss }) => loss);
    expect((await unroll(smallTraining(texts, run, '--force'))).code).toBe(0);
    expect(metricsOf(run).map(({ loss }) => loss)).toEqual(first);
    const { stdout } = await unroll(['evaluate', run, '--data', texts, '--json']);
    expect(JSON.parse(stdout).tokens).toBe(smallText.length);
  });

  it('refuses the weights of a model with another vocabulary', async () => {
    const { folder, data, out } = await withText(smallText);
    await unroll(smallTraining(data, out));
    const other = join(folder, 'other.txt');
    await writeFile(other, smallText.toUpperCase());
    const refused = await unroll(smallTraining(other, join(folder, 'b'), '--weights', out));
    expect(refused.stderr).toContain('the vocabulary of 14 characters lacks 12');
    expect(refused.code).toBe(3);
    const taken = ['--weights', join(out, 'model.safetensors')];
    expect((await unroll(smallTraining(other, join(folder, 'b'), ...taken))).code).toBe(0);
  });
});
