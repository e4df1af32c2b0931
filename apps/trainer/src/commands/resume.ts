import type { BackendName, BackendOptions } from '@unroll/backend';
import { StateError } from '@unroll/tensor';
import { TextError } from '@unroll/text';
import { DataError, UsageError } from '../exit-code.ts';
import { quoted } from '../format.ts';
import { saveModel } from '../model-folder.ts';
import { Progress } from '../progress.ts';
import { RunFolder } from '../run-folder.ts';
import { unpackCheckpoint } from '../training-checkpoint.ts';
import { type Attendance, makeSession, runSession, type TrainingSession } from '../training-session.ts';
import { printBanner, type RunOptions } from './train.ts';

export interface ResumeOptions extends BackendOptions, Attendance {
  /** Where the text lies now, if not where it lay. */
  data?: string;
}

/** Goes on with a run that ended in any way, from its newest checkpoint, to the same bits as if it had never stopped. */
export async function resumeRun(path: string, changes: ResumeOptions): Promise<number> {
  const { folder, config } = await RunFolder.open(path);
  try {
    const session = await makeSessionAgain(path, config.options, changes);
    const { model, tokenizer, steps, batches } = session;
    if (session.dataSha256 !== config.dataSha256) {
      throw new DataError(
        `${session.options.data}: expected the text with which the run was begun, but it has changed since; restore it, or name where it is now: ${changes.command} resume ${quoted(path)} --data <path>`,
      );
    }
    const progress = new Progress(process.stderr, steps, batches.batchSize * batches.timeSize);
    const say = (message: string) => progress.line(message);
    printBanner('unroll resume', session, path, progress);
    if (session.options.backend !== config.options.backend) {
      say(
        `the run was begun on ${config.options.backend}: on ${session.options.backend} the last digits of its numbers will be others`,
      );
    }
    const found = await folder.latestCheckpoint(say);
    if (!found) {
      if (folder.evaluations() > 1) {
        throw new DataError(
          `${path}: there is no checkpoint to go on from, though a model was saved; keep it, or begin anew over it with ${changes.command} train --force`,
        );
      }
      // It ended before the first checkpoint: the beginning is as good.
      folder.rewindLogs({ 'metrics.jsonl': 0, 'evaluations.jsonl': 0, 'samples.txt': 0 }, say);
      await saveModel(path, model, tokenizer);
      say('there is no checkpoint yet: beginning anew');
      return await runSession(session, folder, progress, changes);
    }
    const { state, logs } = unpackCheckpoint(found.files, session, found.path);
    folder.rewindLogs(logs, say);
    const isDone = state.step === steps && !state.evaluationDue;
    say(
      isDone
        ? `all ${steps} steps were made already`
        : `going on after step ${state.step} of ${steps}, from ${found.path}`,
    );
    return await runSession(session, folder, progress, changes, state);
  } finally {
    folder.close();
  }
}

/** With the options of its beginning; what fails says how to do without. */
async function makeSessionAgain(
  path: string,
  options: RunOptions,
  { backend, threads = options.threads, data = options.data, command }: ResumeOptions,
): Promise<TrainingSession> {
  const before: BackendName = options.backend ?? 'auto';
  try {
    return await makeSession({ ...options, data, threads, backend: backend ?? before });
  } catch (error) {
    if (StateError.isInstance(error) && backend === undefined) {
      throw new UsageError(
        `the run was begun on ${before}, which does not work here now; ${command} resume ${quoted(path)} --backend wasm goes on, with other last digits (${error.message})`,
      );
    }
    if (TextError.isInstance(error) && data === options.data) {
      throw new DataError(
        `${error.message} If it is somewhere else now: ${command} resume ${quoted(path)} --data <path>`,
      );
    }
    throw error;
  }
}
