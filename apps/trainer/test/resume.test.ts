import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { killAndResume } from './kill-and-resume.ts';
import { smallText, smallTraining, start, temporaryFolder, unroll } from './unroll.ts';

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
const command = [
  process.execPath,
  '--conditions=@unroll/source',
  '--disable-warning=ExperimentalWarning',
  cli,
];

/** A run that was ended after 12 of 40 steps, with checkpoints of steps 8 and 12. */
async function endedRun(): Promise<{ data: string; out: string }> {
  const folder = await temporaryFolder();
  const [data, out] = [join(folder, 'text.txt'), join(folder, 'run')];
  await writeFile(data, smallText);
  const more = ['--max-steps', '12', '--epochs', '100', '--save-interval', '4', '--log-every', '1'];
  expect((await unroll(smallTraining(data, out, ...more))).code).toBe(0);
  await setMaxSteps(out, 40);
  return { data, out };
}

/** As if the run had been meant for so many steps, and was stopped. */
async function setMaxSteps(out: string, steps: number): Promise<void> {
  const config = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
  config.settings.training.maxSteps = steps;
  await writeFile(join(out, 'run.json'), JSON.stringify(config));
}

const stepsIn = async (out: string) =>
  (await readFile(join(out, 'metrics.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).step);

describe('unroll resume', () => {
  it.each([
    ['SIGKILL', 'wasm', 4, 'a plain run'],
    ['SIGKILL', 'reference', 2, 'a plain run'],
    ['SIGINT', 'wasm', 2, 'a plain run'],
    ['SIGKILL', 'wasm', 3, 'one with masks, averages and all that is drawn'],
  ] as const)(
    'after %s on %s, %i times, comes out as if the run had never stopped: %s',
    { timeout: 240_000 },
    async (signal, backend, kills, run) => {
      await killAndResume({ command, backend, signal, kills, regularized: run !== 'a plain run' });
    },
  );

  it('goes on to the end, with every step recorded once, and keeps the newest checkpoints', async () => {
    const { out } = await endedRun();
    await appendFile(join(out, 'metrics.jsonl'), '{"step":13}\n{"step":14}\n{"st'); // from after the checkpoint
    const { code, stderr } = await unroll(['resume', out]);
    expect(stderr).toContain('going on after step 12 of 40');
    expect(code).toBe(0);
    expect(await stepsIn(out)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect((await readdir(join(out, 'checkpoints'))).sort()).toEqual([
      'latest',
      'step-000000036',
      'step-000000040',
    ]);
    expect((await unroll(['resume', out])).code).toBe(0); // there is nothing left to do
    expect(await stepsIn(out)).toHaveLength(40);
  });

  it.each([
    ['before', 4],
    ['after', 24],
  ])('goes on with an average that begins by itself, %s it has', async (when, stop) => {
    const folder = await temporaryFolder();
    const data = join(folder, 'text.txt');
    await writeFile(data, smallText);
    const weightsAfter = async (name: string, steps: number): Promise<[string, Uint8Array]> => {
      const out = join(folder, name);
      const averaging = [
        '--average',
        'asgd',
        '--average-patience',
        '1',
        '--lr',
        '20',
        '--eval-interval',
        '2',
      ];
      const more = [...averaging, '--max-steps', `${steps}`, '--epochs', '100', '--save-interval', '4'];
      expect((await unroll(smallTraining(data, out, ...more))).code).toBe(0);
      return [out, await readFile(join(out, 'model.safetensors'))];
    };
    const [, expected] = await weightsAfter('whole', 32);
    const [out, begun] = await weightsAfter('stopped', stop);
    const checkpoint = join(out, 'checkpoints', `step-${String(stop).padStart(9, '0')}`);
    const { average } = JSON.parse(await readFile(join(checkpoint, 'state.json'), 'utf8'));
    expect(average.losses).not.toEqual([]);
    expect(average.start === null ? 'before' : 'after').toBe(when);
    await setMaxSteps(out, 32);
    expect((await unroll(['resume', out])).code).toBe(0);
    const ended = await readFile(join(out, 'model.safetensors'));
    expect(ended).toEqual(expected);
    expect(ended).not.toEqual(begun);
  });

  it('saves and ends when its time is up, with 0', async () => {
    const { data, out } = await endedRun();
    const more = ['--force', '--max-steps', '1000000', '--epochs', '1000000', '--max-time', '0.5s'];
    for (const args of [smallTraining(data, out, ...more), ['resume', out, '--max-time', '0.3s']]) {
      const { code, stderr } = await unroll(args);
      expect(stderr).toMatch(
        /the time is up after .* at step \d+ of .*; everything is saved. Go on with: unroll resume/,
      );
      expect(code).toBe(0);
    }
  });

  it('saves when told by SIGUSR2, and goes on', async () => {
    const { data, out } = await endedRun();
    const more = ['--force', '--max-steps', '1000000', '--epochs', '1000000', '--max-time', '3s'];
    const { child, ended } = start(smallTraining(data, out, ...more));
    child.stderr.once('data', () => setTimeout(() => child.kill('SIGUSR2'), 700));
    const { code, stderr } = await ended;
    expect(stderr).toMatch(/saved at step \d+, as told/);
    expect(stderr).toContain('the time is up');
    expect(code).toBe(0);
  });

  it('has checkpoints that can be looked into', async () => {
    const { out } = await endedRun();
    const checkpoint = join(out, 'checkpoints', 'step-000000012');
    const { code, stdout } = await unroll(['inspect', checkpoint]);
    expect(stdout).toContain('training  {"step":12,');
    expect(stdout).toMatch(/lstm\.Wh +\(12, 48\)/);
    expect(stdout).toMatch(/lstm\.h +\(4, 12\)/);
    expect(code).toBe(0);
    await truncate(join(checkpoint, 'model.safetensors'), 50);
    expect((await unroll(['inspect', checkpoint])).code).toBe(3);
  });

  it('passes over a damaged checkpoint, and says so', async () => {
    const { out } = await endedRun();
    await truncate(join(out, 'checkpoints', 'step-000000012', 'optimizer.safetensors'), 100);
    const { code, stderr } = await unroll(['resume', out]);
    expect(stderr).toMatch(
      /a checkpoint is damaged, the one before is taken .*step-000000012.*optimizer\.safetensors/,
    );
    expect(stderr).toContain('going on after step 8 of 40');
    expect(code).toBe(0);
    expect(await stepsIn(out)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });

  it('begins anew where there is no checkpoint yet', async () => {
    const { out } = await endedRun();
    await rm(join(out, 'checkpoints'), { recursive: true });
    await writeFile(join(out, 'evaluations.jsonl'), '');
    const { code, stderr } = await unroll(['resume', out]);
    expect(stderr).toContain('there is no checkpoint yet: beginning anew');
    expect(code).toBe(0);
    expect(await stepsIn(out)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });

  it('does not begin anew over a trained model whose checkpoints are gone, with 3', async () => {
    const { out } = await endedRun();
    await rm(join(out, 'checkpoints'), { recursive: true });
    await appendFile(join(out, 'evaluations.jsonl'), '{"step":12}\n{"step":12}\n');
    const { code, stderr } = await unroll(['resume', out]);
    expect(stderr).toContain('there is no checkpoint to go on from, though a model was saved');
    expect(code).toBe(3);
    expect(await stepsIn(out)).toHaveLength(12);
  });

  it('goes on without a record that is gone, and says so', async () => {
    const { out } = await endedRun();
    await rm(join(out, 'metrics.jsonl'));
    const { code, stderr } = await unroll(['resume', out]);
    expect(stderr).toContain('metrics.jsonl is shorter than it was');
    expect(code).toBe(0);
    expect(await stepsIn(out)).toEqual(Array.from({ length: 28 }, (_, i) => i + 13));
  });

  it('takes the text from another place, and says when another backend goes on', async () => {
    const { data, out } = await endedRun();
    await rename(data, `${data}.moved`);
    const missing = await unroll(['resume', out]);
    expect(missing.stderr).toContain('unroll resume');
    expect(missing.stderr).toContain('--data');
    expect(missing.code).toBe(3);
    const { code, stderr } = await unroll([
      'resume',
      out,
      '--data',
      `${data}.moved`,
      '--backend',
      'reference',
    ]);
    expect(stderr).toMatch(/was begun on (wasm|blas).*last digits/);
    expect(code).toBe(0);
  });

  it.each([
    ['train', 'data', 'the text'],
    ['valid', 'valid', 'the valid text'],
    ['test', 'test', 'the test text'],
  ])('asks where a text is now that came from standard input: %s', async (part, option, what) => {
    const { out } = await endedRun();
    const config = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
    config.settings.data[part] = '-';
    await writeFile(join(out, 'run.json'), JSON.stringify(config));
    const { child, ended } = start(['resume', out]);
    const { code, stderr } = await ended; // nothing comes from standard input, which stays open
    child.stdin.end();
    expect(stderr).toContain(`${what} of this run came from standard input`);
    expect(stderr).toContain(`unroll resume ${out} --${option} <path>`);
    expect(code).toBe(2);
  });

  it('refuses a text that has changed, with 3', async () => {
    const { data, out } = await endedRun();
    await appendFile(data, 'more');
    const { code, stderr } = await unroll(['resume', out]);
    expect(stderr).toContain('expected the text with which the run was begun, but it has changed');
    expect(code).toBe(3);
  });

  it('refuses checkpoints of which none is whole, with 3, and changes nothing', async () => {
    const { out } = await endedRun();
    for (const step of ['step-000000008', 'step-000000012']) {
      await writeFile(join(out, 'checkpoints', step, 'snapshot.json'), 'no');
    }
    const { code, stderr } = await unroll(['resume', out]);
    expect(stderr).toContain('but none of 2 is');
    expect(code).toBe(3);
    expect(await stepsIn(out)).toHaveLength(12);
  });

  it('refuses a folder that holds no run, with 2', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file.txt'), '');
    for (const path of [folder, join(folder, 'nowhere')]) {
      const { code, stderr } = await unroll(['resume', path]);
      expect(stderr).toContain('expected the folder of a run');
      expect(code).toBe(2);
    }
  });

  it.each([
    ['nonsense', 'expected JSON'],
    ['{"version":3}', 'it is of a newer unroll'],
    ['{"version":2,"dataSha256":"","settings":[]}', 'expected settings by name'],
  ])('refuses a run.json of %s, with 3', async (text, message) => {
    const { out } = await endedRun();
    await writeFile(join(out, 'run.json'), text);
    const { code, stderr } = await unroll(['resume', out]);
    expect(stderr).toContain(message);
    expect(code).toBe(3);
    expect(existsSync(join(out, 'lock'))).toBe(false);
  });

  it('refuses an option that there is not, and a value that it cannot have, with 3', async () => {
    const { out } = await endedRun();
    const config = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
    for (const [group, changes] of [
      ['model', { hiddenSize: -1 }],
      ['optimizer', { name: 'magic' }],
      ['training', { batchSize: '8' }],
      ['model', { color: 'red' }],
    ] as const) {
      const settings = { ...config.settings, [group]: { ...config.settings[group], ...changes } };
      await writeFile(join(out, 'run.json'), JSON.stringify({ ...config, settings }));
      const { code, stderr } = await unroll(['resume', out]);
      expect(stderr).toContain(`run.json: `);
      expect(stderr).toContain(`${group}.${Object.keys(changes)[0]}`);
      expect(code).toBe(3);
    }
  });

  it('keeps a second process out of the folder, and takes over from a dead one', async () => {
    const { data, out } = await endedRun();
    const lock = join(out, 'lock');
    const holder = (pid: number) => JSON.stringify({ pid, host: hostname(), since: 'now' });
    await writeFile(lock, holder(process.pid));
    for (const args of [['resume', out], smallTraining(data, out, '--force')]) {
      const { code, stderr } = await unroll(args);
      expect(stderr).toContain(`process ${process.pid} on ${hostname()} has worked in this folder since now`);
      expect(code).toBe(2);
    }
    expect(await stepsIn(out)).toHaveLength(12);
    await writeFile(lock, holder(2 ** 22 + 1));
    expect((await unroll(['resume', out])).code).toBe(0);
    expect(existsSync(lock)).toBe(false);
  });
});
