import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command from its sources, in a process of its own. */
export function start(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): { child: ChildProcessWithoutNullStreams; ended: Promise<Outcome> } {
  const child = spawn(
    process.execPath,
    ['--conditions=@unroll/source', '--disable-warning=ExperimentalWarning', cli, ...args],
    {
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...env },
      cwd,
    },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the command to its end. */
export function unroll(
  args: readonly string[],
  env?: Record<string, string>,
  cwd?: string,
): Promise<Outcome> {
  return start(args, env, cwd).ended;
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** 3,000 characters that a small model can learn. */
export const smallText: string = 'the cat sat on the mat\nand the dog ran to the tree\n'.repeat(60);

/** `unroll train` with a character model that is trained in a moment. */
export const smallTraining = (data: string, out: string, ...more: readonly string[]): string[] => [
  ...[
    'train',
    '--data',
    data,
    '--out',
    out,
    '--tokenizer',
    'char',
    '--wordvec-size',
    '8',
    '--hidden-size',
    '12',
  ],
  ...[
    '--batch-size',
    '4',
    '--time-size',
    '10',
    '--max-steps',
    '12',
    '--log-every',
    '5',
    '--optimizer',
    'adam',
  ],
  ...['--lr', '0.01', '--sample-size', '20', ...more],
];
