import { readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { processorTime } from './processor-time.ts';

/** What a parser did with one input. */
export interface Measured {
  /** What it threw; undefined if it did not. */
  readonly error: unknown;
  /** In which the process computed, on all its threads. */
  readonly milliseconds: number;
  /** How much more memory the process had at its peak than just before. */
  readonly grownBytes: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What small inputs leave behind is small too, and collecting it takes longer than all the rest. */
const MOST_WITHOUT_COLLECTING = 10_000;

/**
 * Runs what is to throw.
 * @param bytes the size of the input
 */
export async function measure(bytes: number, run: () => unknown): Promise<Measured> {
  if (bytes > MOST_WITHOUT_COLLECTING) collectGarbage();
  const before = process.memoryUsage.rss();
  forgetPeak();
  const start = processorTime();
  let error: unknown;
  try {
    await run();
  } catch (thrown) {
    error = thrown;
  }
  const milliseconds = processorTime() - start;
  return { error, milliseconds, grownBytes: Math.max(0, peakBytes() - before) };
}

/** On Linux the peak can be forgotten (proc_pid_clear_refs(5)). */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

/** Elsewhere, what there is afterwards is all that can be known. */
function peakBytes(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
