import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BackendOptions, chooseBackend } from '@unroll/backend';
import { CheckpointError } from '@unroll/checkpoint';
import { loadModel } from '@unroll/model-folder/node';
import type { LanguageModel } from '@unroll/rnnlm';
import type { SplitFractions, TokenIds, Tokenizer } from '@unroll/text';
import {
  type Evaluation,
  evaluate,
  evaluateDynamically,
  evaluateWithCache,
  type GradientOptions,
  type EvaluateOptions as Protocol,
} from '@unroll/training';
import { breathe } from '../breathe.ts';
import { chooseSplit, type SplitName } from '../choose-split.ts';
import { DataError, UsageError } from '../exit-code.ts';
import { count, duration, figure } from '../format.ts';
import { huggingFace } from '../hugging-face.ts';
import { describeProtocol, protocolFor } from '../protocol.ts';
import { readRunConfig } from '../run-folder/run-config.ts';
import type { Settings } from '../settings/settings.ts';

export interface EvaluateOptions extends BackendOptions {
  data: string | readonly string[];
  split?: SplitName;
  batchSize?: number;
  timeSize?: number;
  exact?: boolean;
  json?: boolean;
  /** Tokens that a cache remembers; true: as many as usual. */
  cache?: true | number;
  cacheTheta?: number;
  cacheLambda?: number;
  /** The learning rate of dynamic evaluation. */
  dynamic?: number;
  dynamicDecay?: number;
  /** Text by whose gradients it measures its updates. */
  dynamicText?: string | readonly string[];
}

const USUAL_CACHE = { window: 2000, theta: 0.3, lambda: 0.1 };

/** Of the streams in which the text for `--dynamic-text` is read, the most; and how long a block is. */
const RMS_STREAMS = 100;
const RMS_STEPS = 5;

export async function evaluateModel(folder: string, options: EvaluateOptions): Promise<void> {
  refuseLoneOptions(options);
  const { backend, description } = await chooseBackend(options);
  const { model, tokenizer } = await loadModel(folder, { backend, huggingFace });
  const trainedOn = await trainingDataOf(folder);
  const fractions = fractionsFor(options.data, trainedOn);
  const { ids, split } = await chooseSplit(options.data, tokenizer, options.split, fractions);
  // All is read before the first number is computed, so that nothing that took long is lost.
  const rms = await readForRms(options, tokenizer, trainedOn);
  const protocol = protocolOf(options, ids);
  const print = (line: string): void => {
    if (!options.json) console.log(line);
  };

  const start = performance.now();
  const result = await evaluate(model, ids, { ...protocol, pause: breathe });
  const seconds = (performance.now() - start) / 1000;
  print(`perplexity   ${figure(result.perplexity)}`);
  print(`loss         ${result.loss.toFixed(4)} nats`);
  print(
    `predictions  ${count(result.predictions)} on the ${split === 'all' ? 'whole' : split} text (${describeProtocol(protocol)})`,
  );
  print(`time         ${duration(seconds)} on ${description}`);
  if (split === 'all' && isSame(options.data, trainedOn?.train)) {
    const heldBack = [fractions.test !== 0 && 'test', fractions.valid !== 0 && 'valid'].filter(Boolean);
    print(
      heldBack.length === 0
        ? 'note         it is what the model was trained on'
        : `note         most of it is what the model was trained on; --split ${heldBack.join(' or ')} is the part that was held back`,
    );
  }
  const exactly = await exactlyIfCompared(model, ids, options, result, protocol);
  if (exactly) print(describeExtra('to compare', exactly));
  const cache = await withCache(model, ids, options);
  if (cache) print(describeExtra('cache', cache));
  const dynamic = await dynamically(model, ids, options, rms);
  if (dynamic) print(describeExtra('dynamic', dynamic));
  if (!options.json) return;
  const plain = { ...result, split, tokens: ids.length, exact: false, ...protocol, seconds };
  console.log(JSON.stringify({ ...plain, exactly, cache, dynamic }));
}

/** What another way to evaluate came to, and with what. */
type Extra<How> = Evaluation & How & { readonly seconds: number };

function describeExtra(name: string, extra: Extra<object>): string {
  const { perplexity, loss, seconds, predictions: _, ...how } = extra;
  const numbers = Object.entries(how).map(([name, value]) => `${name} ${value}`);
  const parts = [
    `perplexity ${figure(perplexity)}, loss ${loss.toFixed(4)}, every prediction counted`,
    ...(numbers.length > 0 ? [numbers.join(', ')] : []),
    duration(seconds),
  ];
  return `${name.padEnd(13)}${parts.join('; ')}`;
}

/** The plain figure as a cache and dynamic evaluation count: what they are to be compared with. */
async function exactlyIfCompared(
  model: LanguageModel,
  ids: TokenIds,
  { cache, dynamic }: EvaluateOptions,
  plain: Evaluation,
  { exact }: Protocol,
): Promise<Extra<object> | undefined> {
  if (cache === undefined && dynamic === undefined) return undefined;
  if (exact) return { ...plain, seconds: 0 };
  const start = performance.now();
  const result = await evaluate(model, ids, { exact: true, pause: breathe });
  return { ...result, seconds: (performance.now() - start) / 1000 };
}

async function withCache(
  model: LanguageModel,
  ids: TokenIds,
  { cache, cacheTheta, cacheLambda }: EvaluateOptions,
): Promise<Extra<typeof USUAL_CACHE> | undefined> {
  if (cache === undefined) return undefined;
  const how = {
    window: cache === true ? USUAL_CACHE.window : cache,
    theta: cacheTheta ?? USUAL_CACHE.theta,
    lambda: cacheLambda ?? USUAL_CACHE.lambda,
  };
  const start = performance.now();
  const result = await evaluateWithCache(model, ids, { ...how, pause: breathe });
  return { ...result, ...how, seconds: (performance.now() - start) / 1000 };
}

async function dynamically(
  model: LanguageModel,
  ids: TokenIds,
  { dynamic: lr, dynamicDecay: decay = 0 }: EvaluateOptions,
  rms: GradientOptions | undefined,
): Promise<Extra<{ method: 'SGD' | 'RMS'; lr: number; decay: number }> | undefined> {
  if (lr === undefined) return undefined;
  const start = performance.now();
  const result = await evaluateDynamically(model, ids, { lr, decay, rms, pause: breathe });
  const method = rms ? 'RMS' : 'SGD';
  return { ...result, method, lr, decay, seconds: (performance.now() - start) / 1000 };
}

/** The part of the text that was trained on, in as many streams as it has room for. */
async function readForRms(
  { data, dynamicText }: EvaluateOptions,
  tokenizer: Tokenizer,
  trainedOn: Settings['data'] | undefined,
): Promise<GradientOptions | undefined> {
  if (dynamicText === undefined) return undefined;
  // Of a text that is evaluated too, no more is read than what was trained on, wherever it lies by now.
  const isDivided = [trainedOn?.train, data].some((other) => isSame(dynamicText, other));
  const fractions = isDivided ? fractionsFor(dynamicText, trainedOn) : { valid: 0, test: 0 };
  const { ids } = await chooseSplit(dynamicText, tokenizer, 'train', fractions);
  const batchSize = Math.min(RMS_STREAMS, Math.floor((ids.length - 1) / RMS_STEPS));
  if (batchSize >= 1) return { ids, batchSize };
  throw new DataError(
    `${[dynamicText].flat().join(', ')}: expected ${RMS_STEPS + 1} tokens at least to measure gradients on, got ${ids.length}; give the text of the training`,
  );
}

/** Options that would not do anything are a mistake. */
function refuseLoneOptions({ cache, dynamic, ...options }: EvaluateOptions): void {
  if (options.exact && (options.batchSize ?? options.timeSize) !== undefined) {
    const name = options.batchSize === undefined ? '--time-size' : '--batch-size';
    throw new UsageError(`${name} is of the book's protocol, not of --exact; leave one of them out`);
  }
  const lone = [
    ...(cache === undefined ? (['cacheTheta', 'cacheLambda'] as const) : []),
    ...(dynamic === undefined ? (['dynamicDecay', 'dynamicText'] as const) : []),
  ].find((name) => options[name] !== undefined);
  if (!lone) return;
  const [with_, rest] = lone.split(/(?=[A-Z])/);
  throw new UsageError(`--${with_}-${rest.toLowerCase()} goes with --${with_}; add it, or leave it out`);
}

/** What is asked for; if nothing is, what fits the text. */
function protocolOf({ exact, batchSize, timeSize }: EvaluateOptions, ids: TokenIds): Protocol {
  if (exact) return { exact };
  if (batchSize === undefined && timeSize === undefined) return protocolFor(ids) ?? { exact: true };
  return { batchSize: batchSize ?? 10, timeSize: timeSize ?? 35 };
}

type Paths = string | readonly string[];

/** Is it the very same text? */
function isSame(data: Paths, other: Paths | undefined): boolean {
  const whole = (paths: Paths): string => `${[paths].flat().map((path) => resolve(path))}`;
  return other !== undefined && whole(data) === whole(other);
}

/** Undefined if the model is not of a run, or of one that another version has begun. */
async function trainingDataOf(folder: string): Promise<Settings['data'] | undefined> {
  const path = join(folder, 'run.json');
  if (!existsSync(path)) return undefined;
  try {
    return (await readRunConfig(path)).settings.data;
  } catch (error) {
    if (!CheckpointError.isInstance(error)) throw error;
    console.error(`note: how the text was divided for the training is not known (${error.message})`);
    return undefined;
  }
}

/** How a single text was divided when the model was trained, or would have been; as usual, if it is not of a run. */
function fractionsFor(data: Paths, trainedOn: Settings['data'] | undefined): SplitFractions {
  if (!trainedOn) return {};
  const { train, valid, test, validFraction, testFraction } = trainedOn;
  if (!isSame(data, train)) return { valid: validFraction, test: testFraction };
  // Where there were other texts to validate or test on, less of this one was held back.
  return { valid: valid ? 0 : validFraction, test: valid || test ? 0 : testFraction };
}
