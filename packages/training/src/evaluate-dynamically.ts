import { zeroGrads } from '@unroll/optimizers';
import type { LanguageModel } from '@unroll/rnnlm';
import { ValueError } from '@unroll/tensor';
import type { TokenIds } from '@unroll/text';
import type { Block } from './block-reader.ts';
import { DynamicWeights } from './dynamic-weights.ts';
import { type Evaluation, evaluationOf } from './evaluate.ts';
import { rootMeanSquares } from './root-mean-squares.ts';
import { oneStream, streamsSideBySide } from './text-blocks.ts';
import { undisturbed } from './undisturbed.ts';

/** The text by whose gradients the updates of each weight are measured, and how it is read. */
export interface GradientOptions {
  /** What the model was trained on. */
  ids: TokenIds;
  /** N, of the batches whose gradients are taken; their T is that of the evaluation. */
  batchSize?: number;
  /** How many batches are read at most. */
  batches?: number;
  /** Keeps a weight from moving far whose gradients were always near 0. */
  eps?: number;
}

export interface DynamicOptions {
  /** Of the updates: eta. */
  lr: number;
  /** The part of their way back that weights return in each update, from 0 to 1: lambda. */
  decay?: number;
  /** T: the weights are updated after so many tokens. */
  timeSize?: number;
  /** Measures each weight's updates by the gradients of a text (RMS); without it all weights are treated alike (SGD). */
  rms?: GradientOptions;
  /** Awaited between blocks, so that an application stays responsive. */
  pause?: () => Promise<void>;
}

/**
 * How well a model predicts a text when it goes on learning from what it has just read: dynamic evaluation (Krause, Kahembwe, Murray,
 * Renals 2018, arXiv:1709.07432, section 5). Each block is predicted first; then the weights W take one step against its
 * gradient g, and one towards the weights W0 that they had at the beginning:
 *
 *     SGD   W += -lr g + decay (W0 - W)
 *     RMS   W += -lr g / (rms + eps) + min(1, decay rms / mean) (W0 - W)
 *
 * where rms is the root mean square of the gradients on other text. The text is one stream, and every prediction counts. At the end,
 * and when an error ends it, the weights are those from before, to the bit; gradients are overwritten. Choose lr and decay on the
 * validation text, and report the result beside the plain one.
 *
 * @param ids the text
 * @throws TextError or ValueError if a text is too short, an option is out of its range, or the loss is no longer a number
 */
export async function evaluateDynamically(
  model: LanguageModel,
  ids: TokenIds,
  { lr, decay = 0, timeSize = 5, rms, pause }: DynamicOptions,
): Promise<Evaluation> {
  const { batchSize = 100, batches, eps = 2e-5 } = rms ?? {};
  expect('lr', lr >= 0 && Number.isFinite(lr), 'a number from 0', lr);
  expect('decay', decay >= 0 && decay <= 1, 'a number from 0 to 1', decay);
  expect('eps', eps > 0 && Number.isFinite(eps), 'a number above 0', eps);
  if (batches !== undefined) {
    expect('batches', Number.isSafeInteger(batches) && batches >= 1, 'a whole number from 1', batches);
  }
  const { params, backend } = model;
  return undisturbed(model, async () => {
    const weights = new DynamicWeights(params, { lr, decay });
    let total = 0;
    let predictions = 0;
    try {
      if (rms) {
        const blocks = first(streamsSideBySide(backend, rms.ids, batchSize, timeSize), batches);
        weights.measureBy(await rootMeanSquares(model, blocks, pause), eps);
        model.resetState();
      }
      for (const { xs, ts } of oneStream('evaluateDynamically', backend, ids, timeSize)) {
        zeroGrads(params);
        const loss = await model.forward(xs, ts).item();
        if (!Number.isFinite(loss)) {
          throw new ValueError(
            `evaluateDynamically: after ${predictions} tokens the loss is ${loss}; try a smaller lr than ${lr}`,
          );
        }
        total += loss * xs.size;
        predictions += xs.size;
        model.backward();
        weights.update();
        await pause?.();
      }
    } finally {
      weights.restore();
      weights.dispose();
    }
    return evaluationOf(total, predictions);
  });
}

function* first(blocks: Iterable<Block>, count = Number.POSITIVE_INFINITY): Generator<Block> {
  let i = 0;
  for (const block of blocks) {
    yield block;
    if (++i === count) return;
  }
}

function expect(name: string, right: boolean, expected: string, got: number): void {
  if (!right) throw new ValueError(`evaluateDynamically: expected ${name} to be ${expected}, got ${got}`);
}
