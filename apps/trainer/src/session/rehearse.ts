import { rmSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readSnapshot, removeSnapshot } from '@unroll/checkpoint/node';
import { loadTokenizer, saveModel } from '@unroll/model-folder/node';
import type { Tokenizer } from '@unroll/text';
import type { Corpus } from '@unroll/text/node';
import { evaluate } from '@unroll/training';
import { breathe } from '../breathe.ts';
import { ExitCode } from '../exit-code.ts';
import { bytes, count, duration } from '../format.ts';
import { huggingFace } from '../hugging-face.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import type { Settings } from '../settings/settings.ts';
import { listenToSignals } from '../signals.ts';
import type { View } from '../view/view.ts';
import { unpackCheckpoint } from './checkpoint.ts';
import { describeRun } from './describe-run.ts';
import { type Attendance, runSession } from './run-session.ts';
import { makeSession, type TrainingSession } from './session.ts';
import { startFrom } from './start-from.ts';

/** What two steps told about all of them. */
interface Findings {
  readonly secondsPerStep: number;
  /** To evaluate on one token. */
  readonly secondsPerToken: number;
  readonly memory: number;
  readonly checkpoint: number;
  readonly model: number;
}

/**
 * Everything that a run does, in little: reads the text, trains two steps, saves after each, goes back to the first and on
 * again, and holds the two outcomes against each other. It works in a folder of its own, which is gone afterwards.
 * @param out where the run is to go, to see if there is room
 * @returns the exit code
 */
export async function rehearse(
  settings: Settings,
  out: string | undefined,
  known: Tokenizer | undefined,
  { command }: Attendance,
): Promise<number> {
  const often: Settings = {
    ...settings,
    logging: { ...settings.logging, logEvery: 1 },
    checkpoints: { saveInterval: 1, keep: 2 },
  };
  const first = await prepare(often, known);
  const signals = listenToSignals();
  const interrupted = (): number | undefined => signals.ending && ExitCode.ofSignal[signals.ending];
  for (const [name, value] of describeRun(first)) print(name, value);
  console.log();
  await breathe(); // a reader that went away ends the process here, before there is a folder

  // To end by process.exit while a file is being written would leave the folder behind: the write goes on beside the removal.
  // So nothing is printed until all is written, and a signal is waited out to the next look.
  const path = await mkdtemp(join(tmpdir(), 'unroll-dry-run-'));
  const clean = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', clean);
  const folder = await RunFolder.check(path, [], { command });
  try {
    await folder.begin();
    const lastStep = Math.min(2, first.steps);
    await saveModel(path, first.model, first.tokenizer);
    const watch = new StepWatch();
    const code = interrupted() ?? (await runSession(first, folder, watch, { command, stopAfter: lastStep }));
    if (code !== ExitCode.ok) return code;
    const whole = await readSnapshot(join(path, 'checkpoints'), nameOf(lastStep));
    const findings: Findings = {
      secondsPerStep: watch.secondsPerStep(first),
      secondsPerToken: await secondsToRead(first),
      memory: process.memoryUsage.rss(),
      checkpoint: sizeOf(whole),
      model: whole.get('model.safetensors')?.length ?? 0,
    };
    first.backend.dispose();

    // The text is at hand; of standard input there is nothing more to read.
    const again = await prepare(often, await loadTokenizer(path, { huggingFace }), first.corpus);
    const { state } = unpackCheckpoint(await readSnapshot(join(path, 'checkpoints'), nameOf(1)), again, path);
    if (state.step < lastStep) {
      await removeSnapshot(join(path, 'checkpoints'), nameOf(lastStep));
      const code =
        interrupted() ?? (await runSession(again, folder, watch, { command, stopAfter: lastStep }, state));
      if (code !== ExitCode.ok) return code;
    }
    const resumed = await readSnapshot(join(path, 'checkpoints'), nameOf(lastStep));
    for (const [name, data] of whole) {
      if (!name.endsWith('.safetensors') || Buffer.compare(data, resumed.get(name) ?? new Uint8Array()) === 0)
        continue;
      throw new Error(
        `--dry-run: ${name} is not the same after a resume; this is a bug, or the machine computes differently each time`,
      );
    }
    const ended = interrupted();
    if (ended !== undefined) return ended;
    console.log(
      `ok: trained ${lastStep === 1 ? 'a step' : 'two steps'}, saved, loaded, and went on to the same bits`,
    );
    for (const [name, value] of await estimate({ ...again, settings }, findings, out)) print(name, value);
    console.log('\nnothing was left behind; without --dry-run, the run begins');
    again.backend.dispose();
    return ExitCode.ok;
  } finally {
    folder.close();
    await rm(path, { recursive: true, force: true });
    process.removeListener('exit', clean);
    signals.release();
  }
}

const print = (name: string, value: string): void => console.log(`${name.padEnd(12)}${value}`);
const nameOf = (step: number): string => RunFolder.checkpointName(step);
const sizeOf = (files: ReadonlyMap<string, Uint8Array>): number =>
  [...files.values()].reduce((sum, { length }) => sum + length, 0);

async function prepare(
  settings: Settings,
  tokenizer: Tokenizer | undefined,
  corpus?: Corpus,
): Promise<TrainingSession> {
  const session = await makeSession(settings, tokenizer, corpus);
  if (settings.model.weights) await startFrom(settings.model.weights, session);
  return session;
}

/** Evaluates on the beginning of the validation text. */
async function secondsToRead(session: TrainingSession): Promise<number> {
  if (!session.validation) return 0;
  const { ids, protocol } = session.validation;
  const few = ids.subarray(0, 10 * 35 * 10 + 1);
  const start = performance.now();
  const { predictions } = await evaluate(session.model, few, { ...protocol, pause: breathe });
  return (performance.now() - start) / 1000 / predictions;
}

async function estimate(
  { settings, steps, stepsPerEpoch, validation, evalInterval = stepsPerEpoch }: TrainingSession,
  { secondsPerStep, secondsPerToken, memory, checkpoint, model }: Findings,
  out: string | undefined,
): Promise<[name: string, value: string][]> {
  const evaluations = validation ? Math.ceil(steps / evalInterval) : 0;
  const evaluating = evaluations * (validation?.ids.length ?? 0) * secondsPerToken;
  const disk = (settings.checkpoints.keep + 1) * checkpoint + 2 * model;
  const free = out === undefined ? undefined : await freeSpaceAt(out);
  return [
    [
      'time',
      `about ${duration(steps * secondsPerStep + evaluating)}: ${count(steps)} steps of ${(secondsPerStep * 1000).toFixed(1)} ms` +
        (evaluations > 0
          ? `, ${count(evaluations)} ${evaluations === 1 ? 'evaluation' : 'evaluations'}`
          : ''),
    ],
    ['memory', `about ${bytes(memory)}`],
    [
      'disk',
      `about ${bytes(disk)}, of which a checkpoint ${bytes(checkpoint)}${free === undefined ? '' : `; ${bytes(free)} are free${free < disk ? ', which is NOT enough' : ''}`}`,
    ],
  ];
}

async function freeSpaceAt(path: string): Promise<number | undefined> {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch {
      if (at === dirname(at)) return undefined;
    }
  }
}

/** A view that shows nothing and remembers how fast the last step was. */
class StepWatch implements View {
  #tokensPerSecond = Number.NaN;

  secondsPerStep({ batches, settings }: TrainingSession): number {
    const { accumulate } = settings.training;
    return (accumulate * batches.batchSize * batches.timeSize) / this.#tokensPerSecond;
  }

  step({ tokensPerSecond }: { readonly tokensPerSecond: number }): void {
    this.#tokensPerSecond = tokensPerSecond;
  }

  begin(): void {}
  line(): void {}
  warn(): void {}
  epoch(): void {}
  evaluation(): void {}
  sample(): void {}
  close(): void {}
}
