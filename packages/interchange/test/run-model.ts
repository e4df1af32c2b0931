import type { LanguageModel } from '@unroll/rnnlm';
import { Random, tensor } from '@unroll/tensor';

/** Ids (N, T), row after row. */
export interface Block {
  readonly N: number;
  readonly T: number;
  readonly ids: readonly number[];
}

export function randomBlocks(count: number, N: number, T: number, vocabSize: number, seed = 7): Block[] {
  const random = new Random(seed);
  const id = () => Math.floor(random.uniform() * vocabSize);
  return Array.from({ length: count }, () => ({ N, T, ids: Array.from({ length: N * T }, id) }));
}

/** The scores (N, T, V) of each block, with the state carried from block to block. */
export async function runModel(model: LanguageModel, blocks: readonly Block[]): Promise<Float32Array[]> {
  model.training = false;
  model.resetState();
  const scores: Float32Array[] = [];
  for (const { N, T, ids } of blocks) {
    const xs = tensor(model.backend, ids, [N, T], 'i32');
    scores.push(Float32Array.from(await model.predict(xs).read()));
    xs.dispose();
  }
  return scores;
}

/** How far two lists of scores are apart at most, and at how many places the likeliest token is another one. */
export function difference(
  ours: readonly ArrayLike<number>[],
  theirs: readonly ArrayLike<number>[],
  vocabSize: number,
): { most: number; otherTop: number } {
  let [most, otherTop] = [0, 0];
  if (ours.length !== theirs.length) return { most: Number.NaN, otherTop: Number.NaN };
  ours.forEach((scores, block) => {
    if (scores.length !== theirs[block].length) most = Number.NaN;
    for (let at = 0; at < scores.length; at++) {
      // Math.max hands NaN on.
      most = Math.max(most, Math.abs(scores[at] - theirs[block][at]));
    }
    for (let row = 0; row < scores.length; row += vocabSize) {
      if (top(scores, row, vocabSize) !== top(theirs[block], row, vocabSize)) otherTop++;
    }
  });
  return { most, otherTop };
}

function top(scores: ArrayLike<number>, from: number, count: number): number {
  let best = from;
  for (let at = from + 1; at < from + count; at++) if (scores[at] > scores[best]) best = at;
  return best - from;
}
