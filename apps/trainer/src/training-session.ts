import { createHash } from 'node:crypto';
import { type BackendName, chooseBackend } from '@unroll/backend';
import type { Optimizer, Schedule } from '@unroll/optimizers';
import { createModel, generate, type LanguageModel } from '@unroll/rnnlm';
import { type Backend, Random } from '@unroll/tensor';
import { BpttBatches, type Tokenizer } from '@unroll/text';
import { type Corpus, loadCorpus } from '@unroll/text/node';
import { DivergedError, evaluate, type TrainingState, train } from '@unroll/training';
import { breathe } from './breathe.ts';
import type { RunOptions } from './commands/train.ts';
import { DataError, ExitCode } from './exit-code.ts';
import { count, duration, figure, quoted } from './format.ts';
import { loadModel, saveModel } from './model-folder.ts';
import { makeOptimizer, makeSchedule } from './optimizers.ts';
import type { Progress } from './progress.ts';
import { describeProtocol, protocolFor } from './protocol.ts';
import type { RunFolder } from './run-folder.ts';
import { listenToSignals } from './signals.ts';
import { startIds } from './start-ids.ts';
import { packCheckpoint } from './training-checkpoint.ts';

/** Everything that a run trains with, made from its options alone. */
export interface TrainingSession {
  readonly options: RunOptions;
  readonly corpus: Corpus;
  readonly tokenizer: Tokenizer;
  readonly batches: BpttBatches;
  /** Of the whole run. */
  readonly steps: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly backend: Backend;
  /** What was taken as backend, in words. */
  readonly description: string;
  readonly model: LanguageModel;
  readonly dataSha256: string;
}

/** Reads the text and makes model, optimizer and schedule. Nothing is written. */
export async function makeSession(options: RunOptions): Promise<TrainingSession> {
  const corpus = await loadCorpus(options.data, { tokenizer: options.tokenizer });
  const { batchSize, timeSize, wordvecSize, hiddenSize } = options;
  expectLongEnough(options, corpus);
  const batches = new BpttBatches(corpus.train, { batchSize, timeSize });
  const steps = Math.min(
    options.epochs * batches.stepsPerEpoch,
    options.maxSteps ?? Number.POSITIVE_INFINITY,
  );
  const optimizer = makeOptimizer(options.optimizer, options.lr);
  const schedule = makeSchedule(options.schedule, optimizer.lr, steps, options.warmup);
  const { backend, description } = await chooseBackend(options);
  const { tokenizer } = corpus;
  const model = createModel(
    { model: options.model, vocabSize: tokenizer.vocabulary.size, wordvecSize, hiddenSize },
    { backend, seed: options.seed },
  );
  return {
    // What `auto` took, since only that goes on to the same bits.
    options: { ...options, backend: backend.name as BackendName },
    ...{ corpus, tokenizer, batches, steps, optimizer, schedule, backend, description, model },
    dataSha256: sha256Of(corpus),
  };
}

/** Before the batches refuse it in words of the library: here, sizes are options. */
function expectLongEnough({ data, batchSize, timeSize }: RunOptions, { train, test }: Corpus): void {
  const least = batchSize * timeSize + 1;
  if (train.length >= least) return;
  const part = test ? 'for training, after some was held back to validate and test' : 'for training';
  throw new DataError(
    `${data}: expected at least ${count(least)} tokens ${part}, for --batch-size ${batchSize} and --time-size ${timeSize}; got ${count(train.length)}. Use a longer text, or a smaller --batch-size or --time-size`,
  );
}

function sha256Of({ train, valid, test, tokenizer }: Corpus): string {
  const hash = createHash('sha256');
  for (const ids of [train, valid, test]) {
    hash.update(`${ids?.length ?? 0};`);
    if (ids) hash.update(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength));
  }
  return hash.update(JSON.stringify(tokenizer.vocabulary.tokens)).digest('hex');
}

/** Without --save-interval, a checkpoint every so many milliseconds: what may be lost at most. The first comes sooner. */
const SAVE_EVERY_MS = 120_000;
const FIRST_SAVE_MS = 10_000;

/** What concerns only this process, and not what comes out in the end. */
export interface Attendance {
  /** How to call the command, for what people may type next. */
  command: string;
  /** Saves and ends after so many milliseconds. */
  maxTime?: number;
}

/** Trains from the beginning, or from a state, to the end, a signal, or until the time is up; the folder holds all that came of it. */
export async function runSession(
  session: TrainingSession,
  folder: RunFolder,
  progress: Progress,
  { command, maxTime = Number.POSITIVE_INFINITY }: Attendance,
  state?: TrainingState,
): Promise<number> {
  const { options, corpus, tokenizer, batches, model, optimizer, schedule, steps } = session;
  const evaluation = protocolFor(corpus.valid);
  const signals = listenToSignals((ending) =>
    progress.line(
      `${ending === 'SIGINT' ? '' : `${ending}: `}saving after this step; ${ending === 'SIGINT' ? 'Ctrl-C again' : 'once more'} to end at once, with what was saved before`,
    ),
  );
  const start = performance.now();
  let savedAt = start;
  let checkpointed = state?.step ?? 0;
  let isDone = checkpointed === steps && state?.evaluationDue === false;
  let bestAt: number | undefined;
  let requested = false;
  const wantsCheckpoint = (step: number): boolean => {
    requested ||= signals.takeSaveRequest();
    // As soon as there is a model that is worth keeping, there is something to go on from.
    if (requested || step === steps || (bestAt !== undefined && checkpointed === 0)) return true;
    if (options.saveInterval !== undefined) return step % options.saveInterval === 0;
    return performance.now() - savedAt >= (checkpointed === 0 ? FIRST_SAVE_MS : SAVE_EVERY_MS);
  };
  try {
    for await (const event of train({
      ...{ model, optimizer, schedule, batches, state },
      wantsCheckpoint,
      maxGrad: options.maxGrad > 0 ? options.maxGrad : undefined,
      epochs: options.epochs,
      maxSteps: options.maxSteps,
      logEvery: options.logEvery,
      validation: evaluation && corpus.valid,
      evalInterval: options.evalInterval,
      evaluation,
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
          progress.step(event);
          break;
        case 'epoch':
          progress.epoch(event);
          break;
        case 'evaluation': {
          folder.logEvaluation(event);
          if (event.best) {
            await saveModel(folder.path, model, tokenizer);
            bestAt = event.step;
          }
          progress.evaluation(event);
          const sample = await sampleFrom(model, tokenizer, options);
          if (sample) {
            folder.logSample(event.step, sample);
            progress.sample(sample);
          }
          break;
        }
        case 'checkpoint': {
          if (evaluation === undefined) await saveModel(folder.path, model, tokenizer);
          const logs = folder.logSizes();
          const files = await packCheckpoint({ model, optimizer }, { state: event.state, logs });
          await folder.saveCheckpoint(event.step, files, options.keep);
          savedAt = performance.now();
          checkpointed = event.step;
          if (requested) progress.line(`saved at step ${event.step}, as told`);
          requested = false;
          isDone = event.step === steps && !event.state.evaluationDue;
        }
      }
    }
  } catch (error) {
    if (error instanceof DivergedError) {
      const model =
        bestAt === undefined
          ? 'as it was before training'
          : `that of step ${bestAt}, the best that there was`;
      const checkpoint =
        checkpointed === 0
          ? 'there is no checkpoint'
          : `the newest checkpoint is that of step ${checkpointed}`;
      progress.line(`the model in ${folder.path} is ${model}; ${checkpoint}`);
    }
    throw error;
  } finally {
    signals.release();
  }

  const seconds = (performance.now() - start) / 1000;
  if (signals.ending || !isDone) {
    progress.line(
      `${signals.ending ? 'ended' : 'the time is up'} after ${duration(seconds)} at step ${checkpointed} of ${steps}, and saved; go on with: ${command} resume ${quoted(folder.path)}`,
    );
    return signals.ending ? ExitCode.ofSignal[signals.ending] : ExitCode.ok;
  }
  const which =
    evaluation === undefined
      ? ''
      : `, the best on the validation text${bestAt === undefined ? '' : ` (that of step ${bestAt})`},`;
  progress.line(`\ndone in ${duration(seconds)}; the model${which} is in ${folder.path}`);
  await reportTest(folder.path, session, progress);
  progress.line(`let it write: ${command} generate ${quoted(folder.path)} --tokens 300`);
  return ExitCode.ok;
}

/** The saved model on the text that training never saw. */
async function reportTest(
  path: string,
  { corpus: { test }, backend }: TrainingSession,
  progress: Progress,
): Promise<void> {
  const protocol = test && protocolFor(test);
  if (!test || !protocol) return;
  const { model } = await loadModel(path, backend);
  const { loss, perplexity, predictions } = await evaluate(model, test, { ...protocol, pause: breathe });
  model.dispose();
  progress.line(
    `test        loss ${loss.toFixed(3)}, perplexity ${figure(perplexity)} over ${count(predictions)} predictions (${describeProtocol(protocol)})`,
  );
}

/** A piece of text that the model writes now, always from the same seed; its state is left as it was. */
async function sampleFrom(model: LanguageModel, tokenizer: Tokenizer, options: RunOptions): Promise<string> {
  const sampleSize = options.sampleSize ?? (tokenizer.kind === 'word' ? 30 : 160);
  if (sampleSize === 0) return '';
  const carried = await model.getState();
  model.resetState();
  const unknown = tokenizer.vocabulary.id('<unk>');
  const ids: number[] = [];
  const tokens = generate(model, {
    prompt: startIds(tokenizer),
    sampleSize,
    temperature: 0.8,
    skipIds: unknown === undefined || tokenizer.vocabulary.size === 1 ? [] : [unknown],
    random: new Random(options.seed, 1),
  });
  for await (const id of tokens) ids.push(id);
  model.setState(carried);
  return tokenizer.decode(ids);
}
