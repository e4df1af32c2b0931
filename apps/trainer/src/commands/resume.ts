import type { BackendName } from '@unroll/backend';
import { loadTokenizer, saveModel } from '@unroll/model-folder/node';
import { StateError } from '@unroll/tensor';
import { TextError } from '@unroll/text';
import type { TrainingState } from '@unroll/training';
import { DataError, UsageError } from '../exit-code.ts';
import { quoted } from '../format.ts';
import { huggingFace } from '../hugging-face.ts';
import { readRun } from '../records/read-run.ts';
import { RunFolder } from '../run-folder/run-folder.ts';
import { unpackCheckpoint } from '../session/checkpoint.ts';
import { describeRun, shapeOf } from '../session/describe-run.ts';
import { type Attendance, runSession } from '../session/run-session.ts';
import { makeSession, type TrainingSession } from '../session/session.ts';
import { startFrom } from '../session/start-from.ts';
import type { Settings } from '../settings/settings.ts';
import { type LogFormat, makeView, type Past } from '../view/view.ts';

export interface ResumeOptions extends Attendance {
  /** Where the text lies now, if not where it lay. */
  readonly data?: string | readonly string[];
  readonly valid?: string | readonly string[];
  readonly test?: string | readonly string[];
  readonly backend?: BackendName;
  readonly threads?: number;
  readonly quiet?: boolean;
  readonly logFormat?: LogFormat;
}

/** Goes on with a run that ended in any way, from its newest checkpoint, to the same bits as if it had never stopped. */
export async function resumeRun(path: string, options: ResumeOptions): Promise<number> {
  const { folder, config } = await RunFolder.open(path);
  try {
    const session = await makeSessionAgain(path, config.settings, options);
    if (session.dataSha256 !== config.dataSha256) {
      throw new DataError(
        `${[session.settings.data.train].flat().join(', ')}: expected the text with which the run was begun, but it has changed since; restore it, or name where it is now: ${options.command} resume ${quoted(path)} --data <path>`,
      );
    }
    const view = makeView(process.stderr, shapeOf(session), {
      format: options.logFormat,
      quiet: options.quiet,
    });
    try {
      const warnings: string[] = [];
      const state = await goBack(folder, session, (message) => warnings.push(message));
      view.begin('unroll resume', describeRun(session, path), await readPast(path));
      const before = config.settings.compute.backend;
      const now = session.settings.compute.backend;
      if (now !== before) {
        warnings.push(
          `the run was begun on ${before}: on ${now} the last digits of its numbers will be others`,
        );
      }
      for (const warning of warnings) view.warn(warning);
      view.line(
        state === undefined
          ? 'there is no checkpoint yet: beginning anew'
          : `going on after step ${state.step} of ${session.steps}`,
      );
      return await runSession(session, folder, view, options, state);
    } finally {
      view.close();
    }
  } finally {
    folder.close();
  }
}

/** For the curve, which does not matter enough to stop a run whose records are damaged. */
async function readPast(path: string): Promise<Past | undefined> {
  return readRun(path).catch(() => undefined);
}

/** Sets everything to what it was at the newest checkpoint; if there is none yet, to what it was at the beginning. */
async function goBack(
  folder: RunFolder,
  session: TrainingSession,
  warn: (message: string) => void,
): Promise<TrainingState | undefined> {
  const { model, tokenizer, settings } = session;
  const found = await folder.latestCheckpoint(warn);
  if (found) {
    const { state, logs } = unpackCheckpoint(found.files, session, found.path);
    folder.rewindLogs(logs, warn);
    return state;
  }
  if (folder.evaluations() > 1) {
    throw new DataError(
      `${folder.path}: there is no checkpoint to go on from, though a model was saved; keep it, or begin anew over it with train, the same --out, and --force`,
    );
  }
  // It ended before the first checkpoint: the beginning is as good.
  folder.emptyLogs();
  if (settings.model.weights) await startFrom(settings.model.weights, session);
  await saveModel(folder.path, model, tokenizer);
  return undefined;
}

/** With the settings of its beginning; what fails says how to do without. */
async function makeSessionAgain(
  path: string,
  settings: Settings,
  { backend, threads, data, valid, test, command }: ResumeOptions,
): Promise<TrainingSession> {
  const before = settings.compute;
  const given = { data, valid, test };
  for (const [name, typed] of [
    ['data', settings.data.train],
    ['valid', settings.data.valid],
    ['test', settings.data.test],
  ] as const) {
    if (given[name] !== undefined || ![typed].flat().includes('-')) continue;
    throw new UsageError(
      `${name === 'data' ? 'the text' : `the ${name} text`} of this run came from standard input; say where it is now: ${command} resume ${quoted(path)} --${name} <path>`,
    );
  }
  try {
    return await makeSession(
      {
        ...settings,
        data: {
          ...settings.data,
          train: data ?? settings.data.train,
          valid: valid ?? settings.data.valid,
          test: test ?? settings.data.test,
        },
        compute: {
          backend: backend ?? before.backend,
          threads: threads ?? (backend === 'reference' ? undefined : before.threads), // which has one alone
        },
      },
      await loadTokenizer(path, { huggingFace }),
    );
  } catch (error) {
    if (StateError.isInstance(error) && backend === undefined) {
      throw new UsageError(
        `the run was begun on ${before.backend}, which does not work here now; ${command} resume ${quoted(path)} --backend ${before.backend === 'wasm' ? 'reference' : 'wasm'} goes on, with other last digits (${error.message})`,
      );
    }
    if (TextError.isInstance(error) && data === undefined) {
      throw new DataError(
        `${error.message.replace(/\.?$/, '.')} If it is somewhere else now: ${command} resume ${quoted(path)} --data <path>${settings.data.valid || settings.data.test ? ', --valid <path> or --test <path>' : ''}`,
      );
    }
    throw error;
  }
}
