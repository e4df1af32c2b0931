import type { Optimizer, Schedule, WeightAverage } from '@unroll/optimizers';
import type { LanguageModel } from '@unroll/rnnlm';
import { ValueError } from '@unroll/tensor';
import { BpttBatches, type TokenIds } from '@unroll/text';
import type { EvaluateOptions } from './evaluate.ts';
import type { TrainingState } from './training-state.ts';

export interface TrainOptions {
  model: LanguageModel;
  optimizer: Optimizer;
  /** Its rate is that of a block of T time steps; a step on shorter or longer blocks takes as much less or more. */
  schedule: Schedule;
  batches: BpttBatches;
  /** So many blocks are read for each update: a step. Their losses and gradients are averaged, of each block as much. */
  accumulate?: number;
  /** Follows the weights; its weights are those that evaluations see. */
  average?: WeightAverage;
  /** The gradients' common norm is clipped at this; undefined: not at all. */
  maxGrad?: number;
  /** How often the text is read. */
  epochs?: number;
  /** Ends earlier, after this many steps. */
  maxSteps?: number;
  /** A step event for the first step, every so many, and the last. */
  logEvery?: number;
  /** The text to evaluate on. */
  validation?: TokenIds;
  /** Evaluates every so many steps and at the end; by default after every epoch. */
  evalInterval?: number;
  /** Meanwhile `pause` is awaited, too. */
  evaluation?: Omit<EvaluateOptions, 'pause'>;
  /** Ends early when so many evaluations in a row were no better than the best before them. */
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
 * @throws TextError if the validation text is too short for how it is to be evaluated
 */
export function checkTrainOptions(options: TrainOptions): void {
  for (const name of counts) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new ValueError(`train: expected ${name} to be a whole number from 1, got ${value}`);
    }
  }
  const { validation, evaluation: { batchSize = 10, timeSize = 35, exact = false } = {} } = options;
  if (validation === undefined) return;
  if (!exact) new BpttBatches(validation, { batchSize, timeSize });
  else if (validation.length < 2) {
    throw new ValueError(`train: expected validation to be two tokens or more, got ${validation.length}`);
  }
}
