import { SigmoidWithLoss } from './sigmoid-with-loss.ts';

/**
 * Sigmoid and binary cross entropy over every time step: scores and labels `(N, T)`, the mean over all counted labels of
 * the block.
 */
export class TimeSigmoidWithLoss extends SigmoidWithLoss {
  protected override get name(): string {
    return 'TimeSigmoidWithLoss';
  }

  protected override get axes(): readonly string[] {
    return ['N', 'T'];
  }
}
