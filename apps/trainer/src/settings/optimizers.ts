import {
  AdaGrad,
  Adam,
  AdamW,
  ConstantSchedule,
  CosineSchedule,
  ExponentialAverage,
  LinearSchedule,
  Momentum,
  Nesterov,
  OneCycleSchedule,
  type Optimizer,
  PlateauSchedule,
  RMSprop,
  type Schedule,
  SGD,
  TriggeredAverage,
  WarmupSchedule,
  type WeightAverage,
} from '@unroll/optimizers';
import { UsageError } from '../exit-code.ts';
import type { Settings } from './settings.ts';

type Given = { readonly lr: number; readonly weightDecay?: number };

/** By the names of `--optimizer`, with the learning rate that each takes when none is given. */
const optimizers = {
  sgd: { lr: 20, make: (given: Given): Optimizer => new SGD(given) },
  momentum: { lr: 1, make: ({ lr }: Given): Optimizer => new Momentum({ lr }) },
  nesterov: { lr: 1, make: ({ lr }: Given): Optimizer => new Nesterov({ lr }) },
  adagrad: { lr: 0.1, make: ({ lr }: Given): Optimizer => new AdaGrad({ lr }) },
  rmsprop: { lr: 0.001, make: ({ lr }: Given): Optimizer => new RMSprop({ lr }) },
  adam: { lr: 0.001, make: ({ lr }: Given): Optimizer => new Adam({ lr }) },
  adamw: { lr: 0.001, make: (given: Given): Optimizer => new AdamW(given) },
} as const;

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames: readonly OptimizerName[] = Object.keys(optimizers) as OptimizerName[];

/** `20 for sgd, 1 for momentum, …`, for the help. */
export function describeRates(): string {
  return optimizerNames.map((name) => `${optimizers[name].lr} for ${name}`).join(', ');
}

export function makeOptimizer({ optimizer, regularization }: Settings): Optimizer {
  const { name, lr = optimizers[name].lr } = optimizer;
  const { weightDecay } = regularization;
  return optimizers[name].make(weightDecay === undefined ? { lr } : { lr, weightDecay });
}

export const averageNames = ['none', 'ema', 'asgd'] as const;
export type AverageName = (typeof averageNames)[number];

export function makeAverage({ optimizer }: Settings): WeightAverage | undefined {
  const { average, averageDecay, averagePatience } = optimizer;
  switch (average) {
    case 'none':
      return undefined;
    case 'ema':
      return new ExponentialAverage({ decay: averageDecay ?? 0.999 });
    case 'asgd':
      return new TriggeredAverage({ nonmono: averagePatience ?? 5 });
  }
}

export const scheduleNames = ['constant', 'plateau', 'warmup', 'linear', 'cosine', 'one-cycle'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** @param steps of the whole run */
export function makeSchedule(name: ScheduleName, lr: number, steps: number, warmup: number): Schedule {
  if (warmup > 0 && steps <= warmup) {
    throw new UsageError(
      `--warmup ${warmup} leaves nothing of a run of ${steps} steps; give a shorter --warmup, or train longer`,
    );
  }
  switch (name) {
    case 'constant':
      return new ConstantSchedule({ lr });
    case 'plateau':
      return new PlateauSchedule({ lr });
    case 'warmup':
      return new WarmupSchedule({ lr, warmup });
    case 'linear':
      return new LinearSchedule({ lr, steps, warmup });
    case 'cosine':
      return new CosineSchedule({ lr, steps, warmup });
    case 'one-cycle':
      return new OneCycleSchedule({ lr, steps: Math.max(2, steps) });
  }
}
