import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { smallText, smallTraining, start, temporaryFolder, unroll } from './unroll.ts';

async function withText(): Promise<{ folder: string; data: string; out: string }> {
  const folder = await temporaryFolder();
  const data = join(folder, 'text.txt');
  await writeFile(data, smallText);
  return { folder, data, out: join(folder, 'run') };
}

const stepsOf = (out: string): number[] =>
  readFileSync(join(out, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).step);

const evaluationsOf = (out: string): { step: number; loss: number }[] =>
  readFileSync(join(out, 'evaluations.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a configuration file', () => {
  it('says all that a run needs, and options win over it', async () => {
    const { folder, out } = await withText();
    const config = join(folder, 'my.yaml');
    const text = [
      'out: run',
      'data: {train: text.txt}',
      'tokenizer: {kind: char}',
      'model: {wordvecSize: 4, hiddenSize: 5}',
      'training: {batchSize: 4, timeSize: 10, maxSteps: 3}',
    ];
    await writeFile(config, text.join('\n'));
    const args = ['train', '--config', config, '--hidden-size', '6', '--set', 'training.maxSteps=2'];
    const { code, stderr } = await unroll(args);
    expect(stderr).toContain('D 4, H 6');
    expect(code).toBe(0);
    const { settings } = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
    expect(settings.training.maxSteps).toBe(2);
    const resolved = await readFile(join(out, 'config.resolved.yaml'), 'utf8');
    expect(parse(resolved)).toEqual(settings);
    expect(resolved).toContain('hiddenSize: 6 # --hidden-size');
    expect(resolved).toContain('wordvecSize: 4 # ');
    expect(resolved).toContain('my.yaml:4');

    // What a run leaves repeats it.
    const again = await unroll(['train', '--config', join(out, 'config.resolved.yaml'), '--out', `${out}2`]);
    expect(again.code).toBe(0);
    const [first, second] = [out, `${out}2`].map((path) => readFileSync(join(path, 'model.safetensors')));
    expect(first.equals(second)).toBe(true);
  });

  it.each([
    ['training: {epoch: 4}', 'my.yaml:1: there is no setting training.epoch; did you mean training.epochs?'],
    ['recipe: nothing', 'there is no such recipe'],
  ])('with %j is refused with 2, before anything is written', async (text, message) => {
    const { folder, data, out } = await withText();
    const config = join(folder, 'my.yaml');
    await writeFile(config, text);
    const { code, stderr } = await unroll(['train', '--config', config, '--data', data, '--out', out]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    ['--config', 'nowhere.yaml', 'nowhere.yaml: there is no such file. unroll init writes one.'],
    ['--set', 'model.size=3', 'there is no setting model.size'],
    ['--recipe', 'rnnml', 'did you mean rnnlm?'],
  ])('and %s %s are refused with 2', async (option, value, message) => {
    const { data, out } = await withText();
    const { code, stderr } = await unroll(['train', '--data', data, '--out', out, option, value]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it.skipIf(process.platform === 'win32')(
    'that is a pipe is refused with 2, instead of being waited for',
    async () => {
      const { folder, data, out } = await withText();
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const { code, stderr } = await unroll(['train', '--config', pipe, '--data', data, '--out', out]);
      expect(stderr).toContain(`${pipe}: expected a file`);
      expect(code).toBe(2);
      const tokenizer = ['--tokenizer', 'file', '--tokenizer-file', pipe];
      const refused = await unroll(['train', '--data', data, '--out', out, ...tokenizer]);
      expect(refused.stderr).toContain(`${pipe}: expected a file`);
      expect(refused.code).toBe(3);
    },
  );

  it('and nothing at all is asked for text and folder', async () => {
    const { data } = await withText();
    expect(await unroll(['train'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--data <path>'),
    });
    const { code, stderr } = await unroll(['train', '--data', data]);
    expect(stderr).toContain('--out <folder>');
    expect(code).toBe(2);
  });

  it('is written by unroll init, and begins a run', async () => {
    const { folder, out } = await withText();
    const file = join(folder, 'unroll.yaml');
    // As they are typed from where the test runs, which is not where the file is.
    const [text, run] = ['text.txt', 'run'].map((name) => relative(process.cwd(), join(folder, name)));
    const init = ['init', file, '--data', text, '--out', run, '--recipe', 'char'];
    expect((await unroll(init)).stderr).toContain('unroll train --config');
    const refused = await unroll(init);
    expect(refused.stderr).toContain('there is a file of that name');
    expect(refused.code).toBe(2);
    expect((await unroll([...init, '--force'])).code).toBe(0);
    const sizes = ['--hidden-size', '6', '--batch-size', '4', '--time-size', '10', '--max-steps', '2'];
    expect((await unroll(['train', '--config', file, ...sizes])).code).toBe(0);
    expect(JSON.parse(await readFile(join(out, 'config.json'), 'utf8'))).toMatchObject({ wordvecSize: 48 });
    expect(JSON.parse(await readFile(join(folder, 'unroll.schema.json'), 'utf8'))).toHaveProperty(
      'properties',
    );
  });
});

describe('unroll init', () => {
  it('writes the folder that one is in as a path', async () => {
    const { folder } = await withText();
    await unroll(['init', '--data', '.', '--out', '.'], {}, folder);
    expect(parse(await readFile(join(folder, 'unroll.yaml'), 'utf8'))).toMatchObject({
      data: { train: '.' },
      out: '.',
    });
  });
});

describe('unroll train --print-config', () => {
  it('prints the settings as they come out, who said them, and does nothing else', async () => {
    const { data, out } = await withText();
    const { code, stdout } = await unroll([
      ...smallTraining(data, out, '--recipe', 'char'),
      '--print-config',
    ]);
    expect(parse(stdout)).toMatchObject({ model: { hiddenSize: 12 }, training: { evalInterval: 200 } });
    expect(stdout).toContain('evalInterval: 200 # recipe char');
    expect(code).toBe(0);
    expect(existsSync(out)).toBe(false);
  });
});

describe('unroll train --dry-run', () => {
  it('tries everything, estimates time, memory and disk, and leaves nothing behind', async () => {
    const { folder, data, out } = await withText();
    const temporary = join(folder, 'tmp');
    await mkdir(temporary);
    const { code, stdout, stderr } = await unroll([...smallTraining(data, out), '--dry-run'], {
      TMPDIR: temporary,
    });
    expect(stderr).toBe('');
    expect(stdout).toContain('ok: trained two steps, saved, loaded, and went on to the same bits');
    expect(stdout).toMatch(/^time +about .*12 steps of/m);
    expect(stdout).toMatch(/^memory +about \d/m);
    expect(stdout).toMatch(/^disk +about .* are free/m);
    expect(code).toBe(0);
    expect(existsSync(out)).toBe(false);
    if (tmpdir() !== temporary) expect(await readdir(temporary)).toEqual([]);
  });

  // At once, there is no folder yet; later, a model and checkpoints are being written.
  describe.skipIf(process.platform === 'win32').each([0, 5, 20, 50])('after %d ms', (delay) => {
    it.each([
      ['Ctrl-C', 130, (child: ReturnType<typeof start>['child']) => child.kill('SIGINT')],
      ['a reader that goes away', 0, (child: ReturnType<typeof start>['child']) => child.stdout.destroy()],
    ])('ends with %s and leaves nothing behind', async (_name, expected, end) => {
      const { folder, data, out } = await withText();
      const temporary = join(folder, 'tmp');
      await mkdir(temporary);
      // So large that it is not over by then.
      const args = smallTraining(data, out, '--hidden-size', '512', '--dry-run');
      const { child, ended } = start(args, { TMPDIR: temporary });
      child.stdout.once('data', () => setTimeout(() => end(child), delay));
      const { code, stderr } = await ended;
      expect([code, stderr]).toEqual([expected, '']);
      expect(await readdir(temporary)).toEqual([]);
    });
  });

  it('says with 3 what is wrong with the text, too', async () => {
    const { data, out } = await withText();
    await writeFile(data, 'short');
    const { code, stderr } = await unroll([...smallTraining(data, out), '--dry-run']);
    expect(stderr).toContain('expected at least 41 tokens');
    expect(code).toBe(3);
  });
});

describe('unroll train', () => {
  it('--overfit learns a batch by heart', async () => {
    const { data, out } = await withText();
    const args = smallTraining(data, out, '--overfit', '1', '--max-steps', '200', '--lr', '0.03');
    const { code, stderr } = await unroll(args);
    expect(stderr).toContain('on the same batch, to learn by heart');
    expect(stderr).not.toContain('test  ');
    expect(code).toBe(0);
    expect(evaluationsOf(out).map(({ step }) => step)).toEqual([100, 200]);
    expect(evaluationsOf(out)[1].loss).toBeLessThan(1);
  });

  it('with blocks of random length makes as many steps as it was told, and saves the last', async () => {
    const { data, out } = await withText();
    const options = ['--random-length', '--time-size', '10', '--batch-size', '5', '--seed', '2'];
    for (const more of [
      ['--max-steps', '90', '--epochs', '100000'],
      ['--overfit', '3', '--max-steps', '60'],
    ]) {
      const { code } = await unroll([...smallTraining(data, out, '--force'), ...options, ...more]);
      expect(code).toBe(0);
      const steps = Number(more[more.indexOf('--max-steps') + 1]);
      expect(stepsOf(out).at(-1)).toBe(steps);
      expect(await readdir(join(out, 'checkpoints'))).toContain(`step-${String(steps).padStart(9, '0')}`);
    }
  });

  it.each([
    ['--average', 'asgd'],
    ['--schedule', 'plateau'],
  ])('refuses %s %s without text to validate on', async (...option) => {
    const { data, out } = await withText();
    const { code, stderr } = await unroll([...smallTraining(data, out), '--valid-fraction', '0', ...option]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${option.join(' ')} needs text to validate on`);
  });

  it('--patience ends a run that gets no better, and a resume has nothing more to do', async () => {
    const { data, out } = await withText();
    const more = [
      '--lr',
      '0',
      '--eval-interval',
      '2',
      '--patience',
      '2',
      '--max-steps',
      '100',
      '--epochs',
      '9',
    ];
    const { code, stderr } = await unroll(smallTraining(data, out, ...more));
    expect(stderr).toContain('ended at step 6 of 100: 2 evaluations were no better');
    expect(code).toBe(0);
    const resumed = await unroll(['resume', out]);
    expect(resumed.stderr).toContain('going on after step 6 of 100');
    expect(resumed.stderr).toContain('ended at step 6 of 100');
    expect(resumed.code).toBe(0);
    expect(evaluationsOf(out)).toHaveLength(3);
  });

  it('--weights takes the sizes and the tokens of a model folder, and goes on from it with other text', async () => {
    const { folder, data, out } = await withText();
    await unroll(smallTraining(data, out));
    const other = join(folder, 'other.txt');
    await writeFile(other, 'the dog sat on the cat\n'.repeat(60));
    const args = ['train', '--data', other, '--weights', out, '--out', `${out}2`, '--max-steps', '2'];
    const { code, stderr } = await unroll([...args, '--batch-size', '4', '--time-size', '10']);
    expect(stderr).toContain('D 8, H 12');
    expect(code).toBe(0);
    const vocab = (path: string) => readFileSync(join(path, 'vocab.json'), 'utf8');
    expect(vocab(`${out}2`)).toBe(vocab(out));
  });

  it.each([
    [['--vocab-size', '50'], '--vocab-size: tokenizer.vocabSize does nothing with the weights of'],
    [['--out', 'itself', '--force'], 'which is read, does not lie'],
  ])('--weights refuses %j', async (more, message) => {
    const { data, out } = await withText();
    await unroll(smallTraining(data, out));
    const before = await readFile(join(out, 'model.safetensors'));
    const args = more.map((word) => (word === 'itself' ? out : word));
    const { code, stderr } = await unroll([
      'train',
      '--data',
      data,
      '--weights',
      out,
      '--out',
      `${out}2`,
      ...args,
    ]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(await readFile(join(out, 'model.safetensors'))).toEqual(before);
  });
});

describe('unroll evaluate', () => {
  it('has figures of their own for a cache and for learning on, and says how they came about', async () => {
    const { folder, data, out } = await withText();
    await unroll(smallTraining(data, out));
    const options = ['evaluate', out, '--data', data, '--backend', 'reference'];
    const more = [
      '--cache',
      '1000000',
      '--cache-lambda',
      '0.2',
      '--dynamic',
      '0.001',
      '--dynamic-text',
      data,
    ];
    const { code, stdout } = await unroll([...options, ...more, '--json']);
    expect(code).toBe(0);
    const { perplexity, cache, dynamic } = JSON.parse(stdout);
    expect(cache).toMatchObject({ window: 1_000_000, theta: 0.3, lambda: 0.2 });
    expect(dynamic).toMatchObject({ method: 'RMS', lr: 0.001, decay: 0 });
    for (const better of [cache, dynamic]) expect(better.perplexity).toBeLessThan(perplexity);

    // What updates are measured by is the part that was trained on, not what is evaluated.
    const parts = join(folder, 'ptb');
    await mkdir(parts);
    const [train, other] = [smallText, 'tttt hhhh eeee aaaa nnnn dddd '.repeat(20)];
    for (const name of ['train', 'valid', 'test']) {
      await writeFile(join(parts, `ptb.${name}.txt`), name === 'train' ? train : other);
    }
    const lossBy = async (text: string) =>
      JSON.parse((await unroll([...options, '--dynamic', '0.001', '--dynamic-text', text, '--json'])).stdout)
        .dynamic.loss;
    expect(await lossBy(parts)).toBe(await lossBy(join(parts, 'ptb.train.txt')));
    expect(await lossBy(parts)).not.toBe(await lossBy(join(parts, 'ptb.test.txt')));
    // Of the very text that was divided for the training, only the part that was trained on.
    const trained = join(folder, 'trained.txt');
    const chars = Array.from(smallText);
    await writeFile(trained, chars.slice(0, chars.length - 2 * Math.floor(chars.length * 0.05)).join(''));
    expect(await lossBy(data)).toBe(await lossBy(trained));
    expect((await unroll([...options, '--dynamic', '0.001'])).stdout).toContain(
      'method SGD, lr 0.001, decay 0',
    );
  });

  it('takes for held back what was held back, where the texts to validate or test on were others', async () => {
    const { folder, data, out } = await withText();
    const other = join(folder, 'other.txt');
    await writeFile(other, 'the dog sat on the cat\n'.repeat(60));
    const lengthOf = async (run: string, split: string): Promise<number | string> => {
      const { stdout, stderr } = await unroll(['evaluate', run, '--data', data, '--split', split, '--json']);
      return stdout === '' ? stderr.trim() : JSON.parse(stdout).tokens;
    };
    const all = Array.from(smallText).length;
    const part = Math.floor(all * 0.05);
    const [validated, tested] = [`${out}-valid`, `${out}-test`];
    await unroll([...smallTraining(data, validated), '--valid', other]);
    expect(await lengthOf(validated, 'train')).toBe(all);
    for (const split of ['valid', 'test']) {
      expect(await lengthOf(validated, split)).toContain(`has no ${split} text`);
    }
    await unroll([...smallTraining(data, tested), '--test', other]);
    expect(await lengthOf(tested, 'valid')).toBe(part);
    expect(await lengthOf(tested, 'train')).toBe(all - part);
    expect(await lengthOf(tested, 'test')).toContain('has no test text');
    const noteOf = async (run: string): Promise<string | undefined> =>
      /note +(.*)/.exec((await unroll(['evaluate', run, '--data', data])).stdout)?.[1];
    expect(await noteOf(validated)).toBe('it is what the model was trained on');
    expect(await noteOf(tested)).toContain('--split valid is the part that was held back');
  });

  it.each([
    [
      ['--exact', '--time-size', '5'],
      "--time-size is of the book's protocol, not of --exact; leave one of them out",
    ],
    [['--cache-theta', '1'], '--cache-theta goes with --cache; add it, or leave it out'],
    [['--dynamic-decay', '1'], '--dynamic-decay goes with --dynamic; add it, or leave it out'],
    [['--dynamic-text', 'a.txt'], '--dynamic-text goes with --dynamic; add it, or leave it out'],
    [['--cache', '--cache-lambda', '1'], 'Expected a number from 0 to below 1.'],
    [['--dynamic', '1', '--dynamic-decay', '2'], 'Expected a number from 0 to 1.'],
  ])('refuses %j before it computes anything', async (options, message) => {
    const { code, stderr } = await unroll(['evaluate', 'no-model', '--data', 'no.txt', ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('shell completion', () => {
  it('knows commands, options and what an option may be, and leaves paths to the shell', async () => {
    const complete = async (...words: string[]) => (await unroll(['complete', '--', ...words])).stdout;
    expect(await complete('tr')).toMatch(/^train\t/);
    expect(await complete('train', '--opt')).toMatch(/^--optimizer\t/);
    expect(await complete('train', '--optimizer', 'adag')).toMatch(/^adagrad\t/);
    expect(await complete('train', '--data', '')).toBe(':0\n');
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout } = await unroll(['completion', shell]);
      expect(stdout).toContain('unroll complete --');
      expect(stdout).not.toContain('eval');
    }
  });
});
