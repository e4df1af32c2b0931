export { AdaGrad } from './adagrad.ts';
export { Adam } from './adam.ts';
export { AdamW } from './adamw.ts';
export { ExponentialAverage } from './exponential-average.ts';
export { clipGrads, gradNorm, zeroGrads } from './grads.ts';
export { Momentum } from './momentum.ts';
export { Nesterov } from './nesterov.ts';
export { Optimizer, type OptimizerState } from './optimizer.ts';
export { RMSprop } from './rmsprop.ts';
export {
  ConstantSchedule,
  CosineSchedule,
  LinearSchedule,
  OneCycleSchedule,
  PlateauSchedule,
  type Schedule,
  type ScheduleState,
  WarmupSchedule,
} from './schedules.ts';
export { SGD } from './sgd.ts';
export { TriggeredAverage } from './triggered-average.ts';
export { type AverageState, WeightAverage } from './weight-average.ts';
