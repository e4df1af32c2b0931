import { type Random, type Tensor, tensor, ValueError } from '@unroll/tensor';
import type { LanguageModel } from './language-model.ts';
import { checkSampling, type SamplingOptions, sampleId } from './sampling.ts';

/** How much of a prompt is read at a time, so that the scores of all its tokens need not be held at once. */
const LONGEST_PART = 64;

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
  /** Awaited before each token, so that messages and clicks get their turn, and with them whoever sets `signal`. */
  pause?: () => Promise<void>;
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
  { prompt, sampleSize = 100, stopIds = [], random, signal, pause, ...sampling }: GenerateOptions,
): AsyncGenerator<number, void, void> {
  checkSampling(sampling);
  if (prompt.length === 0) throw new ValueError('generate: expected a prompt of at least one id, got none');
  if (!Number.isInteger(sampleSize) || sampleSize < 0) {
    throw new ValueError(`generate: expected sampleSize to be a whole number from 0, got ${sampleSize}`);
  }
  const stop = new Set(stopIds);
  if (sampleSize === 0) return;
  const isOver = async (): Promise<boolean | undefined> => {
    await pause?.();
    return signal?.aborted;
  };
  const ids = Array.from(prompt);
  const single = tensor(model.backend, ids.splice(-1), [1, 1], 'i32');
  try {
    for (let at = 0; at < ids.length; at += LONGEST_PART) {
      if (await isOver()) return;
      const part = ids.slice(at, at + LONGEST_PART);
      const xs = tensor(model.backend, part, [1, part.length], 'i32');
      try {
        predict(model, xs);
      } finally {
        xs.dispose();
      }
    }
    for (let count = 0; count < sampleSize; count++) {
      if (await isOver()) return;
      const scores = await predict(model, single).read();
      const id = sampleId(scores, sampling, random);
      yield id;
      if (stop.has(id)) return;
      single.write([id]);
    }
  } finally {
    single.dispose();
  }
}

/** Without dropout, but not for as long as a generator lives: whoever asks for its ids may train in between, or never ask again. */
function predict(model: LanguageModel, xs: Tensor): Tensor {
  const { training } = model;
  model.training = false;
  try {
    return model.predict(xs);
  } finally {
    model.training = training;
  }
}
