import type { BackendOptions } from '@unroll/backend';
import { DataError } from '../exit-code.ts';
import { saveModel } from '../model-folder.ts';
import { Progress } from '../progress.ts';
import { RunFolder } from '../run-folder.ts';
import { unpackCheckpoint } from '../training-checkpoint.ts';
import { type Attendance, makeSession, runSession } from '../training-session.ts';
import { printBanner } from './train.ts';

export interface ResumeOptions extends BackendOptions, Attendance {}

/** Goes on with a run that ended in any way, from its newest checkpoint, to the same bits as if it had never stopped. */
export async function resumeRun(path: string, changes: ResumeOptions): Promise<number> {
  const { folder, config } = await RunFolder.open(path);
  try {
    const { backend = config.options.backend, threads = config.options.threads } = changes;
    const session = await makeSession({ ...config.options, backend, threads });
    const { model, tokenizer, steps, batches } = session;
    if (session.dataSha256 !== config.dataSha256) {
      throw new DataError(
        `${config.options.data}: expected the text with which the run was begun, but it has changed since; restore it, or begin a new run with --weights ${path}`,
      );
    }
    const progress = new Progress(process.stderr, steps, batches.batchSize * batches.timeSize);
    printBanner(session, path, progress);
    const found = await folder.latestCheckpoint((message) => progress.line(message));
    if (!found) {
      // It ended before the first checkpoint: the beginning is as good.
      folder.rewindLogs({ 'metrics.jsonl': 0, 'evaluations.jsonl': 0, 'samples.txt': 0 });
      await saveModel(path, model, tokenizer);
      progress.line('there is no checkpoint yet: beginning anew');
      return await runSession(session, folder, progress, changes);
    }
    const { state, logs } = unpackCheckpoint(found.files, session, found.path);
    folder.rewindLogs(logs);
    progress.line(`going on after step ${state.step} of ${steps}, from ${found.path}`);
    return await runSession(session, folder, progress, changes, state);
  } finally {
    folder.close();
  }
}
