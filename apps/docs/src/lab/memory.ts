import { LabError } from './problem.ts';
import type { LabSettings } from './settings.ts';

/** More than this is not begun: a browser would end the tab, on a phone long before. */
const MOST = 1e9;

/** Bytes that a model takes while it is trained, near enough: parameters with what an optimizer keeps of them, and what a block leaves behind. */
export function bytesToTrain(
  { cell, layers, wordvecSize: D, hiddenSize: H, batchSize: N, timeSize: T }: LabSettings,
  V: number,
): number {
  const gates = { lstm: 4, gru: 3, rnn: 1 }[cell];
  let parameters = V * D + H * V + V;
  for (let layer = 0; layer < layers; layer++) parameters += ((layer === 0 ? D : H) + H + 1) * gates * H;
  // In all: weights, gradients, two averages; of a layer: gates and their gradients, states, what comes in and goes out; scores once.
  const block = N * T * (layers * (2 * gates + 6) * H + 2 * D + 2 * V);
  return 4 * (4 * parameters + block);
}

/** @throws LabError with the estimate and what to do, if a tab could not bear it */
export function expectFits(settings: LabSettings, V: number): void {
  const bytes = bytesToTrain(settings, V);
  if (bytes <= MOST) return;
  const hasWords = settings.tokenizer === 'word';
  throw new LabError({
    name: 'tooLargeToTrain',
    values: { most: MOST / 1e6, size: Math.round(bytes / 1e6), vocabSize: V, hasWords },
  });
}
