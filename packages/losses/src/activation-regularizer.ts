import type { Tensor } from '@unroll/tensor';
import { ActivationPenalty } from './activation-penalty.ts';

/**
 * Activation regularisation (AR): hidden states far from 0 cost `alpha * mean(hs^2)`. Merity, McCann, Socher 2017
 * (arXiv:1708.01009), and 2018 (arXiv:1708.02182), section 4.6, with the mean over all numbers that the code of the latter takes. It stands
 * behind the dropout of the last recurrent layer.
 */
export class ActivationRegularizer extends ActivationPenalty {
  readonly alpha: number;

  /** @param alpha from 0; 2 in the paper of 2018 */
  constructor(alpha: number) {
    super('ActivationRegularizer', alpha);
    this.alpha = alpha;
  }

  protected override measure(hs: Tensor): Tensor {
    return hs;
  }

  protected override addGradient(dhs: Tensor, hs: Tensor, factor: number): void {
    dhs.backend.add(dhs, hs, factor);
  }
}
