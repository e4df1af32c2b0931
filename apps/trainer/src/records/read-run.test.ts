import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evaluationLine, stepLine, writeRun } from '../../test/run-fixture.ts';
import { DataError, UsageError } from '../exit-code.ts';
import { readRun } from './read-run.ts';

let root: string;
let folder: string;
let runs = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'unroll-records-'));
  return () => rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  folder = join(root, `run-${++runs}`);
});

describe('readRun', () => {
  it('knows what a run wrote', async () => {
    await writeRun(folder, {
      steps: [stepLine(1), stepLine(20, { epoch: 2, loss: 1.5, gradNorm: 3 })],
      evaluations: [evaluationLine(10, 2), evaluationLine(20, 1.75), evaluationLine(30, 1.875)],
      samples: '--- step 10 ---\nfirst\n\nverse\n\n\n--- step 20 ---\nlast\n\n',
    });
    await writeFile(
      join(folder, 'env.json'),
      '{"node":"v24","machine":{"cores":2,"isBattery":false},"parameters":19}',
    );
    await writeFile(join(folder, 'config.json'), '{"model":"rnnlm","hiddenSize":8}');
    await writeFile(join(folder, 'test.json'), '{"loss":1.9,"perplexity":6.7}');

    const run = await readRun(folder);
    expect(run.name).toBe(`run-${runs}`);
    expect(run.steps.map(({ step, loss }) => [step, loss])).toEqual([
      [1, 3],
      [20, 1.5],
    ]);
    expect(run.lastStep).toEqual({
      step: 20,
      epoch: 2,
      loss: 1.5,
      lr: 0.5,
      gradNorm: 3,
      tokensPerSecond: 1000,
    });
    // Twenty steps of 2 x 5 tokens, a thousand a second.
    expect(run.seconds).toBeCloseTo(0.2, 10);
    expect(run.best?.step).toBe(20);
    expect(run.samples).toEqual([
      { step: 10, text: 'first\n\nverse\n' },
      { step: 20, text: 'last' },
    ]);
    expect([...run.settings].slice(0, 2)).toEqual([
      ['model.name', 'rnnlm'],
      ['training.batchSize', 2],
    ]);
    expect([...run.environment]).toEqual([
      ['node', 'v24'],
      ['machine.cores', 2],
      ['machine.isBattery', false],
      ['parameters', 19],
    ]);
    expect(run.model.get('hiddenSize')).toBe(8);
    expect(run.test).toEqual({ loss: 1.9, perplexity: 6.7 });
    expect(run.parameters).toBe(19);
  });

  it('takes the settings of run.json where there is no other record of them', async () => {
    await writeRun(folder, { settings: '' });
    const config = { version: 1, dataSha256: 'f', settings: { optimizer: { lr: 2 } } };
    await writeFile(join(folder, 'run.json'), JSON.stringify(config));
    expect([...(await readRun(folder)).settings]).toEqual([['optimizer.lr', 2]]);
  });

  it('knows how many tokens a step has, whatever number of blocks it reads', async () => {
    await writeRun(folder, { settings: '' });
    const training = { batchSize: 2, timeSize: 5, accumulate: 3 };
    await writeFile(join(folder, 'run.json'), JSON.stringify({ settings: { training } }));
    expect((await readRun(folder)).tokensPerStep).toBe(30);
  });

  it('reads a run that has logged nothing yet', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'metrics.jsonl'), '');
    const run = await readRun(folder);
    expect(run).toMatchObject({ steps: [], evaluations: [], samples: [] });
    expect(run.lastStep).toBeUndefined();
    expect(run.best).toBeUndefined();
  });

  it.each(['{"step":40,"epoch":1,"lo', '\0\0\0\0', '{"step":4'])(
    'passes over the last line where it was cut off: %j',
    async (torn) => {
      await writeRun(folder, { steps: [stepLine(20)], samples: '--- step 20 ---\ntext\n\n' });
      await appendFile(join(folder, 'metrics.jsonl'), torn);
      await appendFile(join(folder, 'evaluations.jsonl'), torn);
      await appendFile(join(folder, 'samples.txt'), '--- step 4');
      const run = await readRun(folder);
      expect(run.steps.map(({ step }) => step)).toEqual([20]);
      expect(run.evaluations).toEqual([]);
      expect(run.samples).toEqual([{ step: 20, text: 'text' }]);
    },
  );

  it.each([
    ['no JSON', '{"step":4', 'an object in JSON'],
    ['an empty line', '', 'an object in JSON'],
    ['a list', '[1]', 'an object in JSON'],
    ['null', 'null', 'an object in JSON'],
    ['text where a number belongs', JSON.stringify(stepLine(40, { loss: '2' })), 'a number as loss'],
    ['a missing number', '{"step":40,"epoch":1}', 'a number as loss'],
    ['a step by way of the prototype', '{"__proto__":{"step":40},"epoch":1}', 'a number as step'],
    ['a step that is none', JSON.stringify(stepLine(40.5)), 'a step after 20'],
    ['a step too large to count', '{"step":1e300,"epoch":1}', 'a step after 20'],
    ['a step that was before', JSON.stringify(stepLine(20)), 'a step after 20'],
    ['an epoch that is none', JSON.stringify(stepLine(40, { epoch: 0 })), 'an epoch from 1'],
  ])('refuses %s, naming file and line', async (_, line, expected) => {
    await writeRun(folder, { steps: [stepLine(20)] });
    await appendFile(join(folder, 'metrics.jsonl'), `${line}\n${JSON.stringify(stepLine(60))}\n`);
    const error = await readRun(folder).catch((error) => error);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain(`${join(folder, 'metrics.jsonl')}: line 2: expected ${expected}, got `);
  });

  it('refuses samples that do not begin with a step', async () => {
    await writeRun(folder, { samples: 'text\n' });
    await expect(readRun(folder)).rejects.toThrow(/samples\.txt: line 1: expected a line such as/);
  });

  it('takes null as no number, as JSON writes NaN and infinity, and 1e400 as infinite', async () => {
    await writeRun(folder, { steps: [stepLine(20, { gradNorm: Number.NaN, perplexity: null })] });
    await appendFile(
      join(folder, 'metrics.jsonl'),
      '{"step":21,"epoch":1,"loss":1e400,"lr":1,"gradNorm":1,"tokensPerSecond":0}\n',
    );
    const { steps, seconds } = await readRun(folder);
    expect(steps[0].gradNorm).toBeNaN();
    expect(steps[1].loss).toBe(Number.POSITIVE_INFINITY);
    expect(seconds).toBeCloseTo(0.2, 10);
  });

  it('refuses a line without an end before memory runs out', async () => {
    await writeRun(folder, {});
    await writeFile(join(folder, 'metrics.jsonl'), 'x'.repeat(2_000_000));
    await expect(readRun(folder)).rejects.toThrow(
      /metrics\.jsonl: line 1: expected at most 1048576 characters/,
    );
  });

  it('keeps a few thousand points of a long run: means over stretches, up to the last step', async () => {
    const steps = Array.from({ length: 10_000 }, (_, i) => stepLine(i + 1, { loss: i, lr: 0.5 }));
    const evaluations = Array.from({ length: 10_000 }, (_, i) => evaluationLine(i + 1, i === 5001 ? 1 : 2));
    const samples = steps.slice(0, 1000).map(({ step }) => `--- step ${step} ---\ntext\n\n`);
    const run = await readRun(await writeRun(folder, { steps, evaluations, samples: samples.join('') }));
    expect(run.steps).toHaveLength(2500);
    expect(run.steps[0]).toMatchObject({ step: 4, loss: 1.5, lr: 0.5 });
    expect(run.steps[2499]).toMatchObject({ step: 10_000, loss: 9997.5 });
    expect(run.lastStep).toMatchObject({ step: 10_000, loss: 9999 });
    expect(run.best).toMatchObject({ step: 5002, loss: 1 });
    expect(run.samples.length).toBeLessThanOrEqual(41);
    expect(run.samples.at(-1)?.step).toBe(1000);
  });

  it.each([
    ['nothing', async () => {}, 'there is nothing'],
    ['a file', () => writeFile(folder, ''), 'it is a file'],
    ['another folder', () => mkdir(folder), 'there is no metrics.jsonl in it'],
  ])('refuses %s where it expects a run', async (_, make, why) => {
    await make();
    const error = await readRun(folder).catch((error) => error);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(`${folder}: expected the folder of a run, but ${why}; check the path`);
  });
});

describe('the settings of a run', () => {
  it('may have any names', async () => {
    await writeRun(folder, { settings: '__proto__:\n  lr: 1\nconstructor: x\nlist: [a, 2]\nnone: null\n' });
    expect([...(await readRun(folder)).settings]).toEqual([
      ['__proto__.lr', 1],
      ['constructor', 'x'],
      ['list', 'a, 2'],
    ]);
  });

  it('takes settings from run.json where those for people are too many', async () => {
    await writeRun(folder, { settings: `data:\n  train:\n${'    - some/where/a.txt\n'.repeat(2000)}` });
    await writeFile(join(folder, 'run.json'), JSON.stringify({ settings: { model: { hiddenSize: 7 } } }));
    expect((await readRun(folder)).settings).toEqual(new Map([['model.hiddenSize', 7]]));
  });

  it.each([
    ['what is no YAML', '{a: [', /config\.resolved\.yaml: expected YAML or JSON \(/],
    ['more than anybody would write', `a: ${'x'.repeat(1_100_000)}`, /expected at most 1048576 bytes/],
    ['an alias', 'a: &x [1]\nb: *x\n', /config\.resolved\.yaml: expected YAML or JSON \(/],
    ['what is nested without end', '['.repeat(30_000), /config\.resolved\.yaml: expected YAML or JSON \(/],
  ])('may not be %s', async (_, settings, message) => {
    await writeRun(folder, { settings });
    const error = await readRun(folder).catch((error) => error);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(message);
  });

  it('are shown to a bearable depth, length and number', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => `a${i}: ${i === 0 ? 'x'.repeat(400) : 1}`);
    await writeRun(folder, { settings: many.join('\n') });
    const { settings } = await readRun(folder);
    expect(settings.size).toBe(500);
    expect(settings.get('a0')).toHaveLength(300);
  });
});

describe('the number of parameters', () => {
  it.each(['"many"', '1.5', '1e300', 'null', '[3]', '{"a":1}'])(
    'is unknown where env.json says %s',
    async (value) => {
      await writeRun(folder, {});
      await writeFile(join(folder, 'env.json'), `{"parameters":${value}}`);
      expect((await readRun(folder)).parameters).toBeUndefined();
    },
  );
});
