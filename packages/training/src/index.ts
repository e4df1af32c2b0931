export { DivergedError } from './diverged-error.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export type { EpochEvent, EvaluationEvent, StepEvent, TrainingEvent } from './events.ts';
export { type TrainOptions, train } from './train.ts';
