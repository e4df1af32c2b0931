import type { Tensor } from '@unroll/tensor';
import { TimeDropout } from './time-dropout.ts';

/**
 * Variational dropout: one mask `(N, D)` for all time steps of a block xs `(N, T, D)`, and another for the next block.
 * Gal and Ghahramani 2016 (arXiv:1512.05287); "locked" as in Merity et al. 2018 (arXiv:1708.02182), section 4.2.
 */
export class LockedDropout extends TimeDropout {
  protected override mask(out: Tensor, x: Tensor): void {
    const [, T] = x.shape;
    for (let t = 0; t < T; t++) super.mask(out.at(t), x.at(t));
  }

  protected override get name(): string {
    return 'LockedDropout';
  }
}
