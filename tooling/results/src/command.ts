import { type ChildProcess, spawn } from 'node:child_process';
import { ResultsError } from './results-error.ts';

/** A program and its first arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** Runs a command to its end, on the terminal of this process. @returns its exit code */
export function runToEnd([program, ...first]: Command, args: readonly string[]): Promise<number> {
  return ending(spawn(program, [...first, ...args], { stdio: 'inherit' }));
}

/** Runs a command to its end. @returns what it printed, as JSON */
export async function runForJson([program, ...first]: Command, args: readonly string[]): Promise<unknown> {
  const child = spawn(program, [...first, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const code = await ending(child);
  if (code !== 0) throw new ResultsError(`unroll ${args[0]}: ended with ${code}; see above`, code);
  try {
    return JSON.parse(printed);
  } catch {
    throw new ResultsError(`unroll ${args[0]}: expected JSON, got ${printed.slice(0, 80)}`);
  }
}

const codes: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** A terminal sends its signals to the child, too, which saves and ends in its own way; others are handed on. */
function ending(child: ChildProcess): Promise<number> {
  const ignore = (): void => {};
  const handOn = (): void => {
    child.kill('SIGTERM');
  };
  process.on('SIGINT', ignore).on('SIGHUP', ignore).on('SIGTERM', handOn);
  return new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? codes[signal ?? 'SIGTERM'] ?? 1));
  }).finally(() => process.off('SIGINT', ignore).off('SIGHUP', ignore).off('SIGTERM', handOn));
}
