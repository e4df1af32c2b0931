import type { Tensor } from '@unroll/tensor';
import { ActivationPenalty } from './activation-penalty.ts';

/**
 * Temporal activation regularisation (TAR): hidden states that leap from step to step cost
 * `beta * mean((hs[:, t + 1] - hs[:, t])^2)`. Merity, McCann, Socher 2017 (arXiv:1708.01009), and 2018 (arXiv:1708.02182), section 4.6,
 * with the mean over all numbers that the code of the latter takes. It stands before the dropout of the last recurrent layer. A block of one
 * step costs nothing.
 */
export class TemporalActivationRegularizer extends ActivationPenalty {
  readonly beta: number;

  /** @param beta from 0; 1 in the paper of 2018 */
  constructor(beta: number) {
    super('TemporalActivationRegularizer', beta);
    this.beta = beta;
  }

  /** The differences `(N, T - 1, H)`. */
  protected override measure(hs: Tensor): Tensor | undefined {
    const [N, T, H] = hs.shape;
    if (T === 1) return undefined;
    const differences = this.memory.take('differences', hs.backend, [N, T - 1, H], hs.dtype);
    hs.backend.copy(differences, hs.slice(1, T));
    hs.backend.add(differences, hs.slice(0, T - 1), -1);
    return differences;
  }

  protected override addGradient(dhs: Tensor, differences: Tensor, factor: number): void {
    const T = dhs.shape[1];
    dhs.backend.add(dhs.slice(1, T), differences, factor);
    dhs.backend.add(dhs.slice(0, T - 1), differences, -factor);
  }
}
