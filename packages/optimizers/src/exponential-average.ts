import { type Parameter, StateError } from '@unroll/tensor';
import { fraction } from './optimizer.ts';
import { type AverageState, WeightAverage } from './weight-average.ts';

/**
 * A mean of the weights in which older ones fade: `average = d * average + (1 - d) * W` after each update, from the first one on.
 * With n weights in the average before, d is `min(decay, (1 + n) / (10 + n))`, so that the first weights, which know nothing, fade
 * fast: the rule of TensorFlow's ExponentialMovingAverage with `num_updates`.
 */
export class ExponentialAverage extends WeightAverage {
  readonly kind: string = 'ExponentialAverage';
  readonly decay: number;

  /** @param options.decay from 0 up to, but not including, 1; about 1 / (1 - decay) updates show in the average */
  constructor({ decay = 0.999 }: { decay?: number } = {}) {
    super();
    this.decay = fraction('decay', decay);
    this.begin();
  }

  override setState(state: AverageState, params: readonly Parameter[]): void {
    if (state.kind === this.kind && state.start === null) {
      throw new StateError(
        `${this.kind}.setState: expected start to be a number, since it averages from the first update on, got null; is the state damaged?`,
      );
    }
    super.setState(state, params);
  }

  protected partOfNewest(n: number): number {
    return 1 - Math.min(this.decay, (1 + n) / (10 + n));
  }
}
