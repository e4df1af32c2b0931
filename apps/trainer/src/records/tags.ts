import type { EvaluationEvent, StepEvent } from '@unroll/training';

/** The numbers of a logged step, as TensorBoard groups them. */
export function stepTags(
  step: Pick<StepEvent, 'loss' | 'perplexity' | 'lr' | 'gradNorm' | 'tokensPerSecond'>,
): Record<string, number> {
  return {
    'loss/train': step.loss,
    'perplexity/train': step.perplexity,
    learning_rate: step.lr,
    gradient_norm: step.gradNorm,
    tokens_per_second: step.tokensPerSecond,
  };
}

/** The numbers of an evaluation, beside those of training. */
export function evaluationTags(
  evaluation: Pick<EvaluationEvent, 'loss' | 'perplexity'>,
): Record<string, number> {
  return { 'loss/validation': evaluation.loss, 'perplexity/validation': evaluation.perplexity };
}
