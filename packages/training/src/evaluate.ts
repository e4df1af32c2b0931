import { perplexity } from '@unroll/losses';
import type { LanguageModel } from '@unroll/rnnlm';
import type { TokenIds } from '@unroll/text';
import { oneStream, streamsSideBySide } from './text-blocks.ts';
import { undisturbed } from './undisturbed.ts';

export interface EvaluateOptions {
  /** N, of the book's protocol. */
  batchSize?: number;
  /** T */
  timeSize?: number;
  /** Count every prediction, in one stream; otherwise the book's protocol, which drops a tail shorter than one batch. */
  exact?: boolean;
  /** Awaited between blocks, so that an application stays responsive. */
  pause?: () => Promise<void>;
}

export interface Evaluation {
  /** Mean over the predictions, in nats. */
  readonly loss: number;
  readonly perplexity: number;
  readonly predictions: number;
}

/**
 * How well a model predicts a text: by the protocol of the book's `eval_perplexity` (ten streams side by side, 35 steps at
 * a time), or exactly. The model is not `training` meanwhile, and begins with a state of zeros; what it was and carried before is
 * restored.
 *
 * @param ids the text
 * @throws TextError or ValueError if the text is too short
 */
export function evaluate(
  model: LanguageModel,
  ids: TokenIds,
  { batchSize = 10, timeSize = 35, exact = false, pause }: EvaluateOptions = {},
): Promise<Evaluation> {
  return undisturbed(model, async () => {
    let total = 0;
    let predictions = 0;
    const blocks = exact
      ? oneStream('evaluate', model.backend, ids, timeSize)
      : streamsSideBySide(model.backend, ids, batchSize, timeSize);
    for (const { xs, ts } of blocks) {
      total += (await model.forward(xs, ts).item()) * xs.size;
      predictions += xs.size;
      await pause?.();
    }
    return evaluationOf(total, predictions);
  });
}

/** @param total the sum of the losses of all predictions */
export function evaluationOf(total: number, predictions: number): Evaluation {
  const loss = total / predictions;
  return { loss, perplexity: perplexity(loss), predictions };
}
