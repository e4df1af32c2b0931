import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender } from './contenders.ts';
import { median } from './ours.ts';
import { runForJson } from './processes.ts';
import { type Workload, writeWorkload } from './workload.ts';

/** What one process printed. */
interface Run {
  readonly version?: string;
  readonly error?: string;
  readonly losses: readonly number[];
  readonly firstSteps: readonly number[];
  readonly times: readonly number[];
  readonly setupMs: number;
  readonly peakRss: number;
  /** GFLOP/s of a large product in the same process; ours only. */
  readonly gflops?: number;
  /** What the matrix products of a step would take at that speed; ours only. */
  readonly floorMs?: number;
  readonly phases?: Readonly<Record<string, number>>;
}

/** What all runs of a contender came to. */
export interface Result {
  readonly name: string;
  readonly version?: string;
  /** Why there are no figures. */
  readonly error?: string;
  /** Milliseconds of a training step: the median of all, and of the fastest and the slowest run. */
  readonly ms?: number;
  readonly lowest?: number;
  readonly highest?: number;
  /** The median step, divided by what its matrix products alone take at the speed of a large product in the same process. */
  readonly ratioToFloor?: number;
  readonly gflops?: number;
  readonly peakRss?: number;
  readonly setupMs?: number;
  readonly firstStepMs?: number;
  /** How far the losses of the first steps lie from ours, at most. */
  readonly lossDifference?: number;
  readonly losses?: readonly number[];
  readonly phases?: Readonly<Record<string, number>>;
}

export interface RaceOptions {
  readonly rounds: number;
  /** Steps whose losses are compared. */
  readonly steps: number;
  /** Steps that are timed in each round. */
  readonly timed: number;
  readonly say: (line: string) => void;
}

const AGREEMENT = 1e-3;

/** All contenders train the same workload from the same weights, in turn, round after round, each in a process of its own. */
export async function race(
  workload: Workload,
  contenders: readonly Contender[],
  { rounds, steps, timed, say }: RaceOptions,
): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'));
  try {
    const weights = join(folder, 'weights');
    writeWorkload(weights, workload);
    const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round++) {
      for (const contender of contenders) {
        const soFar = runs.get(contender) ?? [];
        if (soFar.some(({ error }) => error) || (contender.slow && round > 0)) continue;
        const config = join(folder, 'config.json');
        const limits = contender.slow ? { timed: 0, maxSeconds: 900 } : { timed, maxSeconds: 300 };
        writeFileSync(
          config,
          JSON.stringify({ ...workload, weights, steps, ...limits, ...contender.options }),
        );
        const run = await runContender(contender, config);
        soFar.push(run);
        say(`${workload.model}, round ${round + 1} of ${rounds}: ${contender.name}: ${describe(run)}`);
      }
    }
    const ours = [...runs.values()].find(([run]) => run?.losses.length === steps)?.[0].losses ?? [];
    return contenders.map((contender) => summarize(contender, runs.get(contender) ?? [], ours, steps));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runContender(contender: Contender, config: string): Promise<Run> {
  const nothing = { losses: [], firstSteps: [], times: [], setupMs: 0, peakRss: 0 };
  try {
    return { ...nothing, ...((await runForJson([...contender.command, config])) as Partial<Run>) };
  } catch (error) {
    return { ...nothing, error: (error as Error).message };
  }
}

/** The first step of all compiles, fills caches and grows memory: it is not counted unless it is the only one. */
const stepTimes = ({ times, firstSteps }: Run): readonly number[] =>
  times.length > 0 ? times : firstSteps.length > 1 ? firstSteps.slice(1) : firstSteps;

function describe(run: Run): string {
  return run.error ?? `${median(stepTimes(run)).toFixed(1)} ms`;
}

function summarize(
  { name }: Contender,
  runs: readonly Run[],
  ours: readonly number[],
  steps: number,
): Result {
  const failed = runs.find(({ error }) => error);
  const [first] = runs;
  if (failed?.error) {
    return { name, version: failed.version, error: failed.error.split('\n')[0] };
  }
  const { version, losses, firstSteps, phases } = first;
  if (losses.length < steps) {
    return {
      name,
      version,
      losses,
      error: `made only ${losses.length} of the ${steps} steps that are compared`,
    };
  }
  const lossDifference = Math.max(...losses.map((loss, i) => Math.abs(loss - ours[i])));
  if (!(lossDifference <= AGREEMENT)) {
    return { name, version, losses, lossDifference, error: `its losses are others: ${losses.join(', ')}` };
  }
  const medians = runs.map((run) => median(stepTimes(run)));
  const ms = median(runs.flatMap(stepTimes));
  // Each run has its own speed, as the machine's changes: the ratio is taken in each.
  const ratios = runs.flatMap(({ floorMs }, i) => (floorMs ? [medians[i] / floorMs] : []));
  return {
    name,
    version,
    ms,
    lowest: Math.min(...medians),
    highest: Math.max(...medians),
    ...(ratios.length > 0 && {
      ratioToFloor: median(ratios),
      gflops: median(runs.map(({ gflops }) => gflops ?? 0)),
    }),
    peakRss: Math.max(...runs.map(({ peakRss }) => peakRss)),
    setupMs: median(runs.map(({ setupMs }) => setupMs)),
    firstStepMs: firstSteps[0],
    lossDifference,
    losses,
    phases,
  };
}
