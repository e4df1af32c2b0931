import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Command } from './command.ts';
import { ResultsError } from './results-error.ts';

export const root: string = resolve(import.meta.dirname, '..', '..', '..');

/** The command, as `build` makes it. */
export const unroll: Command = [process.execPath, join(root, 'apps', 'trainer', 'bin', 'unroll.js')];

export const say = (line: string): void => console.error(line);

/** Runs a program of this folder; what a person can mend is said in a line. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const isOurs = error instanceof ResultsError;
    if (!isOurs && !(error instanceof TypeError && 'code' in error)) throw error;
    say(`error: ${error.message}`);
    process.exitCode = isOurs ? error.exitCode : 2;
  }
}

/** The command is built, as people run it. */
export function build(): void {
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  const args = ['run', 'build', '--filter=@unroll/trainer', '--output-logs=errors-only'];
  const { status, stdout, stderr } = spawnSync(turbo, args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new ResultsError(`${stdout}${stderr}\nthe build failed`);
}

/** Paths are meant from where the person is, which pnpm remembers, and not from the root, where it runs scripts. */
export function fromHere(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', path);
}
