import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a file of src/ in a process of its own. */
export function runSource(file: string, args: readonly string[]): Promise<Outcome> {
  const path = fileURLToPath(new URL(`../src/${file}`, import.meta.url));
  const flags = ['--conditions=@unroll/source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, path, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
