import { spawn, spawnSync } from 'node:child_process';

export function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Runs a program and gives the last line that it printed, as JSON. @throws with the end of what it complained about */
export function runForJson(command: readonly string[]): Promise<unknown> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      errors = (errors + data).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const line = out.trim().split('\n').at(-1) ?? '';
      try {
        if (code !== 0) throw new Error(`exit code ${code}`);
        resolve(JSON.parse(line));
      } catch (error) {
        const lines = errors.trim().split('\n');
        const complaint = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1);
        reject(new Error(`${(error as Error).message}: ${complaint}`));
      }
    });
  });
}
