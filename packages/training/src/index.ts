export { DivergedError } from './diverged-error.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export { type DynamicOptions, evaluateDynamically, type GradientOptions } from './evaluate-dynamically.ts';
export { type CacheOptions, evaluateWithCache } from './evaluate-with-cache.ts';
export type { CheckpointEvent, EpochEvent, EvaluationEvent, StepEvent, TrainingEvent } from './events.ts';
export { train } from './train.ts';
export type { TrainOptions } from './train-options.ts';
export type { TrainingState } from './training-state.ts';
