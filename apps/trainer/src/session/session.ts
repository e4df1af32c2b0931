import { createHash } from 'node:crypto';
import { type BackendName, chooseBackend } from '@unroll/backend';
import type { Optimizer, Schedule, WeightAverage } from '@unroll/optimizers';
import { createModel, type LanguageModel, setOutputBias } from '@unroll/rnnlm';
import type { Backend } from '@unroll/tensor';
import { BpttBatches, type TokenIds, type Tokenizer } from '@unroll/text';
import type { Corpus } from '@unroll/text/node';
import type { EvaluateOptions } from '@unroll/training';
import { DataError, UsageError } from '../exit-code.ts';
import { count } from '../format.ts';
import { protocolFor } from '../protocol.ts';
import { modelConfigOf } from '../settings/model-config.ts';
import { makeAverage, makeOptimizer, makeSchedule } from '../settings/optimizers.ts';
import type { Settings } from '../settings/settings.ts';
import { readCorpus } from './read-corpus.ts';

/** Everything that a run trains with, made from its settings alone. */
export interface TrainingSession {
  readonly settings: Settings;
  readonly corpus: Corpus;
  readonly tokenizer: Tokenizer;
  readonly batches: BpttBatches;
  readonly epochs: number;
  /** Of the whole run. */
  readonly steps: number;
  /** About: blocks of random length are a few more or fewer. */
  readonly stepsPerEpoch: number;
  /** What is evaluated on, and how; undefined if the text is too short to hold some back. */
  readonly validation: { readonly ids: TokenIds; readonly protocol: EvaluateOptions } | undefined;
  /** In steps; undefined: after every epoch. */
  readonly evalInterval: number | undefined;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** Of the weights; undefined: they are taken as they are. */
  readonly average: WeightAverage | undefined;
  readonly backend: Backend;
  /** What was taken as backend, in words. */
  readonly description: string;
  readonly model: LanguageModel;
  readonly dataSha256: string;
}

/** Of a run that learns some batches by heart, if nothing else is said. */
const OVERFIT_STEPS = 500;
const OVERFIT_EVAL_INTERVAL = 100;

/** No block of random length is shorter. */
const SHORTEST_RANDOM = 5;

/**
 * Reads the text and makes model, optimizer and schedule. Nothing is written.
 * @param known the tokenizer of a model that there is already; without it, one is made from the text
 * @param read the text, if it was read already
 */
export async function makeSession(
  given: Settings,
  known?: Tokenizer,
  read?: Corpus,
): Promise<TrainingSession> {
  const corpus = read ?? (await readCorpus(given, known));
  const { batchSize, timeSize, randomLength, randomStart, seed, overfit, patience } = given.training;
  expectLongEnough(given, corpus);
  const ids = overfit ? corpus.train.subarray(0, overfit * batchSize * timeSize + 1) : corpus.train;
  const batches = new BpttBatches(ids, { batchSize, timeSize, randomLength, randomStart, seed });
  const { epochs, steps, stepsPerEpoch } = lengthOf(given, batches);
  const valid = overfit ? ids : corpus.valid;
  const protocol = protocolFor(valid);
  const waiting = [
    ...(patience === undefined ? [] : [`--patience ${patience}`]),
    ...(given.optimizer.average === 'asgd' ? ['--average asgd'] : []),
    ...(given.schedule.name === 'plateau' ? ['--schedule plateau'] : []),
  ];
  if (!protocol && waiting.length > 0) {
    throw new UsageError(
      `${waiting[0]} needs text to validate on, and there is none; give some with --valid, or a larger --valid-fraction`,
    );
  }

  const { tokenizer } = corpus;
  const config = modelConfigOf(given, tokenizer.vocabulary.size);
  const optimizer = makeOptimizer(given);
  const average = makeAverage(given);
  const schedule = makeSchedule(given.schedule.name, optimizer.lr, steps, given.schedule.warmup);
  const { backend, description } = await chooseBackend(given.compute);
  const model = createModel(config, { backend, seed });
  if (given.model.outputBias === 'counts') setOutputBias(model, ids);
  return {
    // What `auto` took, since only that goes on to the same bits.
    settings: { ...given, compute: { ...given.compute, backend: backend.name as BackendName } },
    ...{
      corpus,
      tokenizer,
      batches,
      epochs,
      steps,
      stepsPerEpoch,
      optimizer,
      schedule,
      average,
      backend,
      description,
      model,
    },
    validation: protocol && { ids: valid, protocol },
    evalInterval: given.training.evalInterval ?? (overfit ? OVERFIT_EVAL_INTERVAL : undefined),
    dataSha256: sha256Of(corpus),
  };
}

function lengthOf(
  { training }: Settings,
  batches: BpttBatches,
): Pick<TrainingSession, 'epochs' | 'steps' | 'stepsPerEpoch'> {
  const { accumulate, overfit, epochs } = training;
  const { maxSteps = overfit ? OVERFIT_STEPS : Number.POSITIVE_INFINITY } = training;
  const stepsPerEpoch = Math.ceil(batches.stepsPerEpoch / accumulate);
  // A run that is to end by its steps may have more epochs than anybody wants to count blocks of.
  const enough = Number.isFinite(maxSteps) ? batches.epochsFor(maxSteps * accumulate) : epochs;
  const read = overfit ? enough : Math.min(epochs, enough);
  const steps = Math.min(Math.ceil(batches.stepsIn(read) / accumulate), maxSteps);
  return { epochs: read, steps, stepsPerEpoch };
}

/** Before the batches refuse it in words of the library: here, sizes are options. */
function expectLongEnough({ data, training }: Settings, { train, test }: Corpus): void {
  const { batchSize, timeSize, randomLength, overfit = 1 } = training;
  if (randomLength && timeSize < SHORTEST_RANDOM) {
    throw new UsageError(
      `--random-length needs a --time-size of ${SHORTEST_RANDOM} at least, got ${timeSize}; give a larger one`,
    );
  }
  const least = overfit * batchSize * timeSize + 1;
  if (train.length >= least) return;
  const part = test ? 'for training, after some was held back to validate and test' : 'for training';
  const sizes = [
    ...(overfit > 1 ? [`--overfit ${overfit}`] : []),
    `--batch-size ${batchSize}`,
    `--time-size ${timeSize}`,
  ];
  throw new DataError(
    `${[data.train].flat().join(', ')}: expected at least ${count(least)} tokens ${part}, for ${sizes.slice(0, -1).join(', ')} and ${sizes.at(-1)}; got ${count(train.length)}. Use a longer text, or smaller sizes`,
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
