import type { EpochEvent, EvaluationEvent } from '@unroll/training';
import { duration, figure, plain } from '../format.ts';

/** In seconds: epochs that end in less are no news, on a short text there are hundreds. */
export const SHORT_EPOCH = 2;

export function describeEpoch({ epoch, perplexity, seconds }: EpochEvent): string {
  return `epoch ${epoch} done in ${duration(seconds)}  train perplexity ${figure(perplexity)}`;
}

/** What was found, and what follows from it. */
export function describeEvaluation({
  step,
  loss,
  perplexity,
  best,
  loweredLr,
  beginsAverage,
}: EvaluationEvent): {
  readonly what: string;
  readonly note: string;
} {
  const saved = best ? '  best so far, saved' : '';
  const lowered = loweredLr === undefined ? '' : `  lr lowered to ${plain(loweredLr)}`;
  return {
    what: `step ${step}  validation loss ${loss.toFixed(3)}  perplexity ${figure(perplexity)}`,
    note: `${saved}${lowered}${beginsAverage ? '  averaging of the weights begins' : ''}`,
  };
}
