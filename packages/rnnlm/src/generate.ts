import { type Random, type Tensor, ValueError, zeros } from '@unroll/tensor';
import type { LanguageModel } from './language-model.ts';
import { checkSampling, type SamplingOptions, sampleId } from './sampling.ts';

export interface GenerateOptions extends SamplingOptions {
  /** What to go on from, at least one id; a single one is the book's start id. */
  prompt: ArrayLike<number>;
  /** How many tokens to draw. */
  sampleSize?: number;
  /** Ends after the first of these. */
  stopIds?: readonly number[];
  /** Where the drawing comes from; its state can be saved and restored. */
  random: Random;
  /** Ends, without an error, before the next token. */
  signal?: { readonly aborted: boolean };
}

/**
 * Writes on from a prompt, token by token. Book section 7.1.
 *
 * It begins with the state that the model carries: call `resetState()` for a fresh start. Afterwards the model has read
 * everything but the last token, so that `prompt: [last]` goes on seamlessly. Ids to skip are never drawn; the book's
 * RnnlmGen draws again after a skipped word and by that feeds the word before it twice.
 *
 * @throws ValueError if an option is out of its range
 */
export async function* generate(
  model: LanguageModel,
  { prompt, sampleSize = 100, stopIds = [], random, signal, ...sampling }: GenerateOptions,
): AsyncGenerator<number, void, void> {
  checkSampling(sampling);
  if (prompt.length === 0) throw new ValueError('generate: expected a prompt of at least one id, got none');
  if (!Number.isInteger(sampleSize) || sampleSize < 0) {
    throw new ValueError(`generate: expected sampleSize to be a whole number from 0, got ${sampleSize}`);
  }
  const stop = new Set(stopIds);
  const whole = zeros(model.backend, [1, prompt.length], 'i32');
  const single = zeros(model.backend, [1, 1], 'i32');
  try {
    whole.write(prompt);
    let xs = whole;
    for (let count = 0; count < sampleSize && !signal?.aborted; count++) {
      const scores = await lastScores(model, xs);
      const id = sampleId(scores, sampling, random);
      yield id;
      if (stop.has(id)) return;
      single.write([id]);
      xs = single;
    }
  } finally {
    whole.dispose();
    single.dispose();
  }
}

/** ids `(1, T)` to the scores (V) of what follows the last */
function lastScores(model: LanguageModel, xs: Tensor): Promise<ArrayLike<number>> {
  const T = xs.shape[1];
  return model
    .predict(xs)
    .at(T - 1)
    .read();
}
