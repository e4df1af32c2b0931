import { ValueError } from '@unroll/tensor';
import { nonNegative } from './optimizer.ts';

/** Says which learning rate each step takes. Its state is plain JSON. */
export interface Schedule {
  /** The learning rate of a step, counted from 0. */
  lrAt(step: number): number;
  /** Tells it how an evaluation went; true if it lowered the rate because of it. */
  evaluated(loss: number): boolean;
  getState(): ScheduleState;
  setState(state: ScheduleState): void;
}

export interface ScheduleState {
  readonly lr: number;
  /** The best loss of any evaluation so far; null before the first. */
  readonly best: number | null;
}

/** Schedules that follow from the step alone. */
abstract class StepSchedule implements Schedule {
  abstract lrAt(step: number): number;

  evaluated(_loss: number): boolean {
    return false;
  }

  getState(): ScheduleState {
    return { lr: this.lrAt(0), best: null };
  }

  setState(_state: ScheduleState): void {
    // The step is all there is to know.
  }
}

/** The same rate for every step. */
export class ConstantSchedule extends StepSchedule {
  readonly lr: number;

  constructor({ lr }: { lr: number }) {
    super();
    this.lr = nonNegative('lr', lr);
  }

  lrAt(_step: number): number {
    return this.lr;
  }
}

/** Divides the rate, by 4 as the book does, whenever an evaluation is no better than the best before. Book section 6.5.4. */
export class PlateauSchedule implements Schedule {
  readonly factor: number;
  #lr: number;
  #best: number | null = null;

  constructor({ lr, factor = 4 }: { lr: number; factor?: number }) {
    if (!(factor > 1)) throw new ValueError(`PlateauSchedule: expected a factor above 1, got ${factor}`);
    this.factor = factor;
    this.#lr = nonNegative('lr', lr);
  }

  lrAt(_step: number): number {
    return this.#lr;
  }

  evaluated(loss: number): boolean {
    if (loss < (this.#best ?? Number.POSITIVE_INFINITY)) {
      this.#best = loss;
      return false;
    }
    this.#lr /= this.factor;
    return true;
  }

  getState(): ScheduleState {
    return { lr: this.#lr, best: this.#best };
  }

  setState({ lr, best }: ScheduleState): void {
    this.#lr = nonNegative('lr', lr);
    this.#best = best;
  }
}

/** Rises in a straight line to `lr` over the first `warmup` steps, then stays. */
export class WarmupSchedule extends StepSchedule {
  readonly lr: number;
  readonly warmup: number;

  constructor({ lr, warmup }: { lr: number; warmup: number }) {
    super();
    this.lr = nonNegative('lr', lr);
    this.warmup = wholeSteps('warmup', warmup);
  }

  lrAt(step: number): number {
    return this.lr * Math.min(1, (step + 1) / (this.warmup + 1));
  }
}

/** What a rate that rises in a straight line over `warmup` steps and then falls, until `steps`, is made of. */
interface Fall {
  readonly lr: number;
  readonly steps: number;
  readonly warmup?: number;
  /** Where it ends, and stays. */
  readonly minLr?: number;
}

/** Rises in a straight line over `warmup` steps, then falls to `minLr` at `steps`, and stays there. */
abstract class FallingSchedule extends StepSchedule {
  readonly lr: number;
  readonly minLr: number;
  readonly steps: number;
  readonly warmup: number;

  constructor(name: string, { lr, steps, warmup = 0, minLr = 0 }: Fall) {
    super();
    this.lr = nonNegative('lr', lr);
    this.minLr = nonNegative('minLr', minLr);
    this.warmup = wholeSteps('warmup', warmup);
    this.steps = wholeSteps('steps', steps);
    if (this.steps <= this.warmup) {
      throw new ValueError(`${name}: expected more steps than the ${warmup} of warm-up, got ${steps}`);
    }
  }

  lrAt(step: number): number {
    if (step < this.warmup) return (this.lr * (step + 1)) / (this.warmup + 1);
    const done = Math.min(1, (step - this.warmup) / (this.steps - this.warmup));
    return this.minLr + (this.lr - this.minLr) * this.left(done);
  }

  /** How much of the fall is left when this part of its steps is done: from 1 at 0 to 0 at 1. */
  protected abstract left(done: number): number;
}

/**
 * Rises in a straight line over `warmup` steps, then falls along half a cosine to `minLr` at `steps`, and stays there.
 * Loshchilov and Hutter 2017 (arXiv:1608.03983), without restarts.
 */
export class CosineSchedule extends FallingSchedule {
  constructor(options: Fall) {
    super('CosineSchedule', options);
  }

  protected left(done: number): number {
    return cosineFall(done);
  }
}

/** Rises in a straight line over `warmup` steps, then falls in a straight line to `minLr` at `steps`, and stays there. */
export class LinearSchedule extends FallingSchedule {
  constructor(options: Fall) {
    super('LinearSchedule', options);
  }

  protected left(done: number): number {
    return 1 - done;
  }
}

/**
 * One cycle: from `lr / 25` along half a cosine up to `lr` over the first `rise` of the steps, then down to `lr / 250,000`.
 * Smith and Topin 2018 (arXiv:1708.07120), with PyTorch's defaults.
 */
export class OneCycleSchedule extends StepSchedule {
  readonly lr: number;
  readonly steps: number;
  readonly rise: number;

  constructor({ lr, steps, rise = 0.3 }: { lr: number; steps: number; rise?: number }) {
    super();
    this.lr = nonNegative('lr', lr);
    this.steps = wholeSteps('steps', steps);
    if (steps < 2) throw new ValueError(`OneCycleSchedule: expected two steps or more, got ${steps}`);
    if (!(rise > 0 && rise < 1)) {
      throw new ValueError(`OneCycleSchedule: expected rise between 0 and 1, got ${rise}`);
    }
    this.rise = rise;
  }

  lrAt(step: number): number {
    const first = this.lr / 25;
    const last = first / 1e4;
    const top = this.rise * this.steps - 1;
    if (top > 0 && step <= top) return this.lr + (first - this.lr) * cosineFall(step / top);
    const done = Math.min(1, (step - top) / (this.steps - 1 - top));
    return last + (this.lr - last) * cosineFall(done);
  }
}

/** From 1 at 0 to 0 at 1, along half a cosine. */
function cosineFall(done: number): number {
  return (1 + Math.cos(Math.PI * done)) / 2;
}

function wholeSteps(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 0) {
    throw new ValueError(`${name}: expected a whole number of steps from 0, got ${value}`);
  }
  return value;
}
