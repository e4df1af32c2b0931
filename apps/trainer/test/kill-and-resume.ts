import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KillOptions {
  /** How to call `unroll`. */
  readonly command: readonly string[];
  readonly backend: string;
  readonly signal: 'SIGKILL' | 'SIGINT';
  /** With masks, penalties, averaged weights, random blocks and accumulated gradients, each of which has a state of its own. */
  readonly regularized?: boolean;
  /** So many in all; each is followed by a resume. */
  readonly kills: number;
  readonly say?: (line: string) => void;
}

/** 30,000 characters that never repeat, so that a step that is made twice or left out shows. */
const text = Array.from({ length: 5000 }, (_, i) => `${((i * 2654435761) % 9973).toString(36)}\n`).join('');

const REGULARIZED = [
  ...['--model', 'stacked-rnnlm', '--layers', '2', '--head', 'tied', '--layer-norm'],
  ...['--dropout', '0.2', '--dropout-words', '0.1', '--dropout-weights', '0.3'],
  ...['--activation-penalty', '2', '--temporal-penalty', '1', '--label-smoothing', '0.1'],
  ...['--optimizer', 'adamw', '--lr', '0.01', '--average', 'ema', '--average-decay', '0.95'],
  ...['--random-length', '--random-start', '--accumulate', '2', '--schedule', 'linear'],
];

/** What a run leaves that must not depend on how often it was stopped. */
function remains(out: string): Record<string, string> {
  const read = (name: string) => readFileSync(join(out, name), 'utf8');
  return {
    weights: createHash('sha256')
      .update(readFileSync(join(out, 'model.safetensors')))
      .digest('hex'),
    // The speed is that of the moment; everything else is that of the run.
    metrics: read('metrics.jsonl').replace(/,"tokensPerSecond":[^}]*/g, ''),
    evaluations: read('evaluations.jsonl'),
    samples: read('samples.txt'),
  };
}

/**
 * Trains a small run to its end without a break; then again and again with a signal at random moments, and a resume after each.
 * @throws Error as soon as a run cannot go on, or ends in anything else than the first
 */
export async function killAndResume({
  command,
  backend,
  signal,
  regularized = false,
  kills,
  say,
}: KillOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-kill-'));
  try {
    const data = join(folder, 'text.txt');
    writeFileSync(data, text);
    const train = (out: string) => [
      ...[
        'train',
        '--data',
        data,
        '--out',
        out,
        '--tokenizer',
        'char',
        '--backend',
        backend,
        '--threads',
        '1',
      ],
      ...['--wordvec-size', '16', '--hidden-size', '32', '--batch-size', '8', '--time-size', '16'],
      ...['--epochs', '2', '--log-every', '3'],
      ...(regularized ? REGULARIZED : ['--optimizer', 'adam', '--lr', '0.01', '--schedule', 'plateau']),
      ...['--eval-interval', '60', '--sample-size', '20', '--save-interval', '5'],
    ];
    const whole = join(folder, 'whole');
    const begin = performance.now();
    await run(command, train(whole));
    const milliseconds = performance.now() - begin;
    const expected = remains(whole);

    let killed = 0;
    for (let round = 0; killed < kills; round++) {
      const out = join(folder, `run-${round}`);
      let args = train(out);
      let ended = false;
      while (!ended) {
        const delay = killed < kills ? milliseconds * (0.1 + 0.9 * Math.random()) : undefined;
        const outcome = await run(command, args, signal, delay);
        if (outcome === 'ended') ended = true;
        else {
          killed++;
          // Killed before it had begun, there is nothing to resume.
          args = existsSync(join(out, 'run.json')) ? ['resume', out] : [...train(out), '--force'];
          if (!existsSync(join(out, 'run.json'))) rmSync(out, { recursive: true, force: true });
        }
      }
      const got = remains(out);
      for (const [what, value] of Object.entries(expected)) {
        if (got[what] !== value) throw new Error(`${what} differ in ${out} after ${killed} times ${signal}`);
      }
      rmSync(out, { recursive: true });
      say?.(`${killed} of ${kills}: run ${round + 1} came out the same`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command to its end, or sends it a signal after so many milliseconds. */
function run(
  command: readonly string[],
  args: readonly string[],
  signal?: 'SIGKILL' | 'SIGINT',
  delay?: number,
): Promise<'ended' | 'killed'> {
  const [program, ...first] = command;
  const child: ChildProcess = spawn(program, [...first, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  });
  let stderr = '';
  child.stderr?.on('data', (data) => {
    stderr = (stderr + data).slice(-3000);
  });
  const timer = delay === undefined ? undefined : setTimeout(() => child.kill(signal), delay);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, by) => {
      clearTimeout(timer);
      if (code === 0) resolve('ended');
      else if (by === signal || (signal === 'SIGINT' && code === 130)) resolve('killed');
      else reject(new Error(`unroll ${args.join(' ')} ended with ${code ?? by}:\n${stderr}`));
    });
  });
}
