export { DivergedError } from './diverged-error.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export type { CheckpointEvent, EpochEvent, EvaluationEvent, StepEvent, TrainingEvent } from './events.ts';
export { type TrainOptions, train } from './train.ts';
export type { TrainingState } from './training-state.ts';
