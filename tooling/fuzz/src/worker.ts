import { parentPort, workerData } from 'node:worker_threads';
import { execute, peakBytes } from './execute.ts';
import { Random } from './random.ts';
import { targetNamed } from './targets.ts';

/** What a worker is to do. */
export interface Job {
  readonly parser: string;
  readonly seed: number;
  /** The number of the first execution; an input follows from seed and number. */
  readonly first: number;
  readonly executions: number;
  /** One Int32: how many executions are behind it. */
  readonly progress: SharedArrayBuffer;
}

/** What it tells when it is done, or has found something. */
export interface Done {
  readonly accepted: number;
  readonly refused: number;
  readonly seconds: number;
  /** How much more memory the process took than it had at the beginning. */
  readonly grownBytes: number;
  readonly finding?: { readonly execution: number; readonly problem: string; readonly isThrown?: boolean };
}

const { parser, seed, first, executions, progress } = workerData as Job;
const target = targetNamed(parser);
const counter = new Int32Array(progress);
const counts = { accepted: 0, refused: 0 };
const startBytes = process.memoryUsage.rss();
const start = performance.now();
let finding: Done['finding'];

for (let i = 0; i < executions && finding === undefined; i++) {
  Atomics.store(counter, 0, i);
  const execution = first + i;
  const outcome = await execute(target, target.make(new Random(seed, execution)));
  if (outcome.kind === 'finding') finding = { ...outcome, execution };
  else counts[outcome.kind]++;
}

const done: Done = {
  ...counts,
  seconds: (performance.now() - start) / 1000,
  grownBytes: Math.max(0, peakBytes() - startBytes),
  finding,
};
parentPort?.postMessage(done);
