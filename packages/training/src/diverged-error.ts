import { UnrollError } from '@unroll/tensor';

/** The loss, its perplexity or the gradient norm is no longer a finite number. */
export class DivergedError extends UnrollError {
  /** The first step with such a number, counted from 1. */
  readonly step: number;

  constructor(step: number, loss: number, gradNorm: number) {
    super(
      'DivergedError',
      'diverged',
      `training diverged at step ${step}: loss ${loss}${loss > 709 ? ', of which the perplexity is no finite number' : ''}, gradient norm ${gradNorm}; try a smaller learning rate, or clip the gradients at a smaller norm`,
    );
    this.step = step;
  }
}
