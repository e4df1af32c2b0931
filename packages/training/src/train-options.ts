import type { Optimizer, Schedule, WeightAverage } from '@unroll/optimizers';
import type { LanguageModel } from '@unroll/rnnlm';
import { ValueError } from '@unroll/tensor';
import type { BpttBatches, TokenIds } from '@unroll/text';
import type { EvaluateOptions } from './evaluate.ts';
import type { TrainingState } from './training-state.ts';

export interface TrainOptions {
  model: LanguageModel;
  optimizer: Optimizer;
  /**
   * Sets the optimizer's learning rate at each step; without one it stays what it is. The rate is that of a block of T time steps; a step on
   * shorter or longer blocks takes as much less or more.
   */
  schedule?: Schedule;
  batches: BpttBatches;
  /** So many blocks are read for each update, a step: one unless given. Their losses and gradients are averaged, of each block as much. */
  accumulate?: number;
  /** Follows the weights; its weights are those that evaluations see. */
  average?: WeightAverage;
  /** The gradients' common norm is clipped at this; undefined: not at all. */
  maxGrad?: number;
  /** How often the text is read: four times unless given. */
  epochs?: number;
  /** Ends earlier, after this many steps. */
  maxSteps?: number;
  /** A step event for the first step, every so many (20 unless given), and the last. */
  logEvery?: number;
  /** The text to evaluate on. */
  validation?: TokenIds;
  /** Evaluates every so many steps and at the end; by default after every epoch. */
  evalInterval?: number;
  /** How it is evaluated: by the book's protocol unless given, for which it must have 351 tokens. Meanwhile `pause` is awaited, too. */
  evaluation?: Omit<EvaluateOptions, 'pause'>;
  /** Ends early when so many evaluations of `validation` in a row were no better than the best before them. */
  patience?: number;
  /** Ends, without an error, after the step at hand and a checkpoint event; an evaluation is broken off, and made when the run goes on. */
  signal?: { readonly aborted: boolean };
  /** Ends likewise after this step. */
  stopAfter?: number;
  /** Asked after every step, and before the end: is it time for a checkpoint event? By default never, but when the run ends early. */
  wantsCheckpoint?: (step: number) => boolean;
  /**
   * Goes on from here. The weights, the states of the optimizer, of the model and of the average are those that were saved with it, set
   * by the caller; the options are the same.
   */
  state?: TrainingState;
  /** Awaited after every step, so that an application stays responsive: `() => new Promise(setImmediate)`. */
  pause?: () => Promise<void>;
  /** Milliseconds; what tokens per second are measured with. */
  now?: () => number;
}

const counts = [
  'epochs',
  'logEvery',
  'maxSteps',
  'evalInterval',
  'patience',
  'accumulate',
  'stopAfter',
] as const;

/**
 * Before anything is trained.
 * @throws ValueError naming the option that is out of its range
 */
export function checkTrainOptions(options: TrainOptions): void {
  for (const name of counts) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new ValueError(`train: expected ${name} to be a whole number from 1, got ${value}`);
    }
  }
  const { validation, evaluation: { batchSize = 10, timeSize = 35, exact = false } = {} } = options;
  if (!validation) {
    if (options.patience) throw new ValueError('train: expected validation with patience');
    return;
  }
  const needed = exact ? 2 : batchSize * timeSize + 1;
  if (validation.length >= needed) return;
  throw new ValueError(`train: expected validation to be ${needed} tokens or more, got ${validation.length}`);
}
