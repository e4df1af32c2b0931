import type { TrainingState } from './training-state.ts';

/** A logged step: the numbers of this step alone, the loss from before its update. One line of `metrics.jsonl`. */
export interface StepEvent {
  readonly type: 'step';
  /** Counted from 1. */
  readonly step: number;
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean over the step's predictions, in nats; of accumulated blocks, the mean of their means. */
  readonly loss: number;
  readonly perplexity: number;
  /** By the schedule, for blocks of T time steps. */
  readonly lr: number;
  /** Of all gradients together, before clipping. */
  readonly gradNorm: number;
  /** Trained per second since the logged step before. */
  readonly tokensPerSecond: number;
}

/** The end of an epoch. */
export interface EpochEvent {
  readonly type: 'epoch';
  readonly step: number;
  readonly epoch: number;
  /** Mean over the steps of this epoch, each with the weights of its time. */
  readonly loss: number;
  readonly perplexity: number;
  /** Since the epoch began, or since the run went on in it. */
  readonly seconds: number;
}

/**
 * The validation text was read; the state that training carries is as it was. If there is an average, the model has the averaged
 * weights, which were evaluated, until the event was dealt with: what is saved now is the model that got this loss.
 */
export interface EvaluationEvent {
  readonly type: 'evaluation';
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly perplexity: number;
  /** How many predictions the mean is over. */
  readonly predictions: number;
  /** Is it the best of this run so far? */
  readonly best: boolean;
  /** The learning rate of the next step, if the schedule lowered it because of this evaluation. */
  readonly loweredLr: number | undefined;
  /** Does the average of the weights begin because of it? */
  readonly beginsAverage: boolean;
}

/**
 * Everything up to this step is in place: save the weights, the states of the optimizer, of the model and of the average, and this, to go
 * on from here. The weights are those that training goes on with, not averaged.
 */
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  readonly step: number;
  readonly state: TrainingState;
}

/** The last event of all. */
export interface EndEvent {
  readonly type: 'end';
  readonly step: number;
  /** All steps were made, evaluations got no better for as long as `patience` says, or `signal` ended it. */
  readonly reason: 'steps' | 'patience' | 'signal';
}

export type TrainingEvent = StepEvent | EpochEvent | EvaluationEvent | CheckpointEvent | EndEvent;
