import {
  AdaGrad,
  Adam,
  AdamW,
  ConstantSchedule,
  CosineSchedule,
  Momentum,
  Nesterov,
  OneCycleSchedule,
  type Optimizer,
  PlateauSchedule,
  RMSprop,
  type Schedule,
  SGD,
  WarmupSchedule,
} from '@unroll/optimizers';
import { UsageError } from '../exit-code.ts';

/** By the names of `--optimizer`, with the learning rate that each takes when none is given. */
const optimizers = {
  sgd: { lr: 20, make: (lr: number): Optimizer => new SGD({ lr }) },
  momentum: { lr: 1, make: (lr: number): Optimizer => new Momentum({ lr }) },
  nesterov: { lr: 1, make: (lr: number): Optimizer => new Nesterov({ lr }) },
  adagrad: { lr: 0.1, make: (lr: number): Optimizer => new AdaGrad({ lr }) },
  rmsprop: { lr: 0.001, make: (lr: number): Optimizer => new RMSprop({ lr }) },
  adam: { lr: 0.001, make: (lr: number): Optimizer => new Adam({ lr }) },
  adamw: { lr: 0.001, make: (lr: number): Optimizer => new AdamW({ lr }) },
} as const;

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames: readonly OptimizerName[] = Object.keys(optimizers) as OptimizerName[];

/** `20 for sgd, 1 for momentum, …`, for the help. */
export function describeRates(): string {
  return optimizerNames.map((name) => `${optimizers[name].lr} for ${name}`).join(', ');
}

export function makeOptimizer(name: OptimizerName, lr: number | undefined): Optimizer {
  return optimizers[name].make(lr ?? optimizers[name].lr);
}

export const scheduleNames = ['constant', 'plateau', 'warmup', 'cosine', 'one-cycle'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** @param steps of the whole run */
export function makeSchedule(name: ScheduleName, lr: number, steps: number, warmup: number): Schedule {
  if (warmup > 0 && name !== 'warmup' && name !== 'cosine') {
    throw new UsageError(`--warmup goes with --schedule warmup or cosine, not with ${name}`);
  }
  if (warmup > 0 && steps <= warmup) {
    throw new UsageError(`--warmup ${warmup} leaves nothing of a run of ${steps} steps; make it shorter`);
  }
  switch (name) {
    case 'constant':
      return new ConstantSchedule({ lr });
    case 'plateau':
      return new PlateauSchedule({ lr });
    case 'warmup':
      return new WarmupSchedule({ lr, warmup });
    case 'cosine':
      return new CosineSchedule({ lr, steps, warmup });
    case 'one-cycle':
      return new OneCycleSchedule({ lr, steps: Math.max(2, steps) });
  }
}
