import { SoftmaxWithLoss } from './softmax-with-loss.ts';

/**
 * Softmax and cross entropy over every time step: scores `(N, T, V)`, labels `(N, T)`, the mean over all counted labels
 * of the block. Book section 5.4.2.
 */
export class TimeSoftmaxWithLoss extends SoftmaxWithLoss {
  protected override get name(): string {
    return 'TimeSoftmaxWithLoss';
  }

  protected override get axes(): readonly string[] {
    return ['N', 'T'];
  }
}
