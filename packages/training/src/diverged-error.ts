import { perplexity } from '@unroll/losses';
import { UnrollError } from '@unroll/tensor';

/** The loss, its perplexity or the gradient norm is no longer a finite number, or the loss has been far too large for long. */
export class DivergedError extends UnrollError {
  /** Where it was noticed, counted from 1: the first step with a number that is none. */
  readonly step: number;

  /** @param finding what it was, in words */
  constructor(step: number, finding: string) {
    super(
      'DivergedError',
      'diverged',
      `training diverged at step ${step}: ${finding}; try a smaller learning rate, or clip the gradients at a smaller norm`,
    );
    this.step = step;
  }

  static override isInstance(error: unknown): error is DivergedError {
    return UnrollError.isInstance(error) && error.name === 'DivergedError';
  }
}

/** No number, or so large that its perplexity is none: above 709.78 nats. */
export function hasDiverged(loss: number): boolean {
  return !Number.isFinite(perplexity(loss));
}

export function describeLoss(loss: number): string {
  return `${loss}${hasDiverged(loss) ? ' (no perplexity)' : ''}`;
}
