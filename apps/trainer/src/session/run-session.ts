import { DiskError } from '@unroll/checkpoint';
import { loadModel, saveModel } from '@unroll/model-folder/node';
import { StateError } from '@unroll/tensor';
import { DivergedError, evaluate, type TrainingState, train } from '@unroll/training';
import { breathe } from '../breathe.ts';
import { ExitCode } from '../exit-code.ts';
import { count, duration, figure, quoted } from '../format.ts';
import { huggingFace } from '../hugging-face.ts';
import { describeProtocol, protocolFor } from '../protocol.ts';
import { readRun } from '../records/read-run.ts';
import { makeReport } from '../report/make-report.ts';
import type { RunFolder } from '../run-folder/run-folder.ts';
import { listenToSignals, type Signals } from '../signals.ts';
import type { View } from '../view/view.ts';
import { packCheckpoint } from './checkpoint.ts';
import { sampleFrom } from './sample.ts';
import type { TrainingSession } from './session.ts';

/** What concerns only this process, and not what comes out in the end. */
export interface Attendance {
  /** How to call the command, for what people may type next. */
  readonly command: string;
  /** Saves and ends after so many milliseconds. */
  readonly maxTime?: number;
  /** Saves and ends after this step. */
  readonly stopAfter?: number;
}

/**
 * Trains from the beginning, or from a state, to the end, a signal, or until the time is up; the folder holds all that came of it.
 * @returns the exit code
 */
export async function runSession(
  session: TrainingSession,
  folder: RunFolder,
  view: View,
  { command, maxTime = Number.POSITIVE_INFINITY, stopAfter }: Attendance,
  state?: TrainingState,
): Promise<number> {
  const { settings, tokenizer, batches, model, optimizer, schedule, average, steps } = session;
  const { validation, evalInterval } = session;
  const { training, checkpoints, logging } = settings;
  const signals = listenToSignals((ending) =>
    view.line(
      `${ending === 'SIGINT' ? '' : `${ending}: `}saving after this step; ${ending === 'SIGINT' ? 'Ctrl-C again' : 'once more'} to end at once, with what was saved before`,
    ),
  );
  const start = performance.now();
  const due = new CheckpointDue(signals, steps, checkpoints.saveInterval, state?.step ?? 0);
  let bestAt = state?.bestStep ?? undefined;
  let reason: 'steps' | 'patience' | 'signal' = 'signal';
  try {
    for await (const event of train({
      ...{ model, optimizer, schedule, average, batches, state },
      accumulate: training.accumulate,
      epochs: Number.MAX_SAFE_INTEGER, // it is the steps that end it
      maxSteps: steps,
      maxGrad: training.maxGrad > 0 ? training.maxGrad : undefined,
      logEvery: logging.logEvery,
      validation: validation?.ids,
      evaluation: validation?.protocol,
      evalInterval,
      stopAfter,
      patience: validation && training.patience,
      wantsCheckpoint: (step) => due.at(step, bestAt !== undefined),
      signal: {
        get aborted() {
          return signals.aborted || performance.now() - start >= maxTime;
        },
      },
      pause: breathe,
      now: () => performance.now(),
    })) {
      switch (event.type) {
        case 'step':
          folder.logStep(event);
          view.step(event);
          break;
        case 'epoch':
          view.epoch(event);
          break;
        case 'evaluation': {
          folder.logEvaluation(event);
          if (event.best) {
            await saveModel(folder.path, model, tokenizer);
            bestAt = event.step;
          }
          view.evaluation(event);
          const sample = await sampleFrom(session);
          if (sample) {
            folder.logSample(event.step, sample);
            view.sample(event.step, sample);
          }
          break;
        }
        case 'checkpoint': {
          // As long as nothing tells which model is the best, the newest is.
          if (bestAt === undefined) await saveAveraged(folder.path, session);
          const logs = folder.logSizes();
          const files = await packCheckpoint(session, { state: event.state, logs });
          await folder.saveCheckpoint(event.step, files, checkpoints.keep);
          if (due.saved(event.step) === 'requested') view.line(`saved at step ${event.step}, as told`);
          break;
        }
        case 'end':
          reason = event.reason;
      }
    }
  } catch (error) {
    if (DivergedError.isInstance(error)) view.line(whatIsLeft(folder.path, bestAt, due.newest));
    if (StateError.isInstance(error)) {
      // A thread that died, say: no fault of the command line, and it may not happen again.
      throw new Error(
        `${error.message}; go on from what was saved with: ${command} resume ${quoted(folder.path)}`,
        {
          cause: error,
        },
      );
    }
    throw error;
  } finally {
    signals.release();
  }

  const time = duration((performance.now() - start) / 1000);
  if (reason === 'signal') {
    view.line(
      `${signals.ending ? 'ended' : 'the time is up'} after ${time} at step ${due.newest} of ${steps}; everything is saved. Go on with: ${command} resume ${quoted(folder.path)}`,
    );
    await writeReport(folder, view);
    return signals.ending ? ExitCode.ofSignal[signals.ending] : ExitCode.ok;
  }
  await reportTest(folder, session, view);
  if (reason === 'patience') {
    view.line(`ended at step ${due.newest} of ${steps}: ${training.patience} evaluations were no better`);
  }
  if (average && !average.hasBegun) {
    view.warn(
      `the average of the weights (${settings.optimizer.average}) never began: no evaluation was worse than those more than ${settings.optimizer.averagePatience ?? 5} before it. Train longer, evaluate more often (--eval-interval), or take a smaller --average-patience`,
    );
  }
  const best = bestAt === undefined ? '' : ` (that of step ${bestAt})`;
  view.line(
    `done in ${time}; the model${validation ? `, the best on the validation text${best},` : ''} is in ${folder.path}`,
  );
  await writeReport(folder, view);
  view.line(`let it write: ${command} generate ${quoted(folder.path)} --tokens 300`);
  return ExitCode.ok;
}

/** With the average of its weights, if there is one. */
async function saveAveraged(path: string, { model, average, tokenizer }: TrainingSession): Promise<void> {
  if (!average?.isActive) return saveModel(path, model, tokenizer);
  average.swap(model.params);
  try {
    await saveModel(path, model, tokenizer);
  } finally {
    average.swap(model.params);
  }
}

/** Without --save-interval, a checkpoint every so many milliseconds: what may be lost at most. The first comes sooner. */
const SAVE_EVERY_MS = 120_000;
const FIRST_SAVE_MS = 10_000;

/** When the next checkpoint is to be written. */
class CheckpointDue {
  /** The step of the newest; 0: there is none. */
  newest: number;
  readonly #signals: Signals;
  readonly #lastStep: number;
  readonly #interval: number | undefined;
  #savedAt = performance.now();
  #requested = false;

  constructor(signals: Signals, lastStep: number, interval: number | undefined, newest: number) {
    this.#signals = signals;
    this.#lastStep = lastStep;
    this.#interval = interval;
    this.newest = newest;
  }

  /** @param hasBest was there an evaluation, so that there is a model that is worth keeping? */
  at(step: number, hasBest: boolean): boolean {
    this.#requested ||= this.#signals.takeSaveRequest();
    if (this.#requested || step === this.#lastStep || (hasBest && this.newest === 0)) return true;
    if (this.#interval !== undefined) return step % this.#interval === 0;
    return performance.now() - this.#savedAt >= (this.newest === 0 ? FIRST_SAVE_MS : SAVE_EVERY_MS);
  }

  saved(step: number): 'requested' | 'due' {
    const why = this.#requested ? 'requested' : 'due';
    this.newest = step;
    this.#savedAt = performance.now();
    this.#requested = false;
    return why;
  }
}

/** After training diverged. */
function whatIsLeft(path: string, bestAt: number | undefined, newest: number): string {
  const beginning = newest === 0 ? 'as it was before training' : `that of step ${newest}`;
  const model = bestAt === undefined ? beginning : `that of step ${bestAt}, the best that there was`;
  const checkpoint =
    newest === 0 ? 'there is no checkpoint' : `the newest checkpoint is that of step ${newest}`;
  return `the model in ${path} is ${model}; ${checkpoint}`;
}

/** The run as a page. That it cannot be made of what was recorded must not spoil the run; a disk that is full is another matter. */
async function writeReport(folder: RunFolder, view: View): Promise<void> {
  try {
    await folder.writeForPeople('report.html', makeReport([await readRun(folder.path)]));
  } catch (error) {
    if (DiskError.isInstance(error)) throw error;
    view.warn(`report.html was not written: ${error instanceof Error ? error.message : error}`);
  }
}

/** The saved model on the text that training never saw. */
async function reportTest(
  folder: RunFolder,
  { corpus: { test }, backend, settings }: TrainingSession,
  view: View,
): Promise<void> {
  const protocol = test && protocolFor(test);
  if (!test || !protocol || settings.training.overfit) return;
  const { model } = await loadModel(folder.path, { backend, huggingFace });
  const { loss, perplexity, predictions } = await evaluate(model, test, { ...protocol, pause: breathe });
  model.dispose();
  const result = { loss, perplexity, predictions, protocol: describeProtocol(protocol) };
  await folder.writeForPeople('test.json', `${JSON.stringify(result)}\n`);
  view.line(
    `test        loss ${loss.toFixed(3)}, perplexity ${figure(perplexity)} over ${count(predictions)} predictions (${describeProtocol(protocol)})`,
  );
}
