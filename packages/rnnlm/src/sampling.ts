import { type Random, ValueError } from '@unroll/tensor';

/** How the next token is drawn from the scores. */
export interface SamplingOptions {
  /** Scores are divided by it: below 1 bolder, above 1 more even, 0 always the best. */
  temperature?: number;
  /** Only the k best tokens stay. */
  topK?: number;
  /** Only the best tokens stay, as many as together reach this probability. Holtzman et al. 2020 (arXiv:1904.09751). */
  topP?: number;
  /** Tokens that are never drawn, `<unk>` for instance. */
  skipIds?: readonly number[];
}

/** @throws ValueError naming the option that is out of its range */
export function checkSampling({ temperature = 1, topK, topP }: SamplingOptions): void {
  if (!(temperature >= 0 && Number.isFinite(temperature))) {
    throw new ValueError(`temperature: expected a number from 0, got ${temperature}`);
  }
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw new ValueError(`topK: expected a whole number from 1, got ${topK}`);
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    throw new ValueError(`topP: expected a number above 0, up to 1, got ${topP}`);
  }
}

/**
 * Draws a token id from scores `(V)`.
 * @throws ValueError if a score is not a finite number, or every token is skipped
 */
export function sampleId(scores: ArrayLike<number>, options: SamplingOptions, random: Random): number {
  checkSampling(options);
  const { temperature = 1, topK = scores.length, topP = 1 } = options;
  const skipped = new Set(options.skipIds);
  const ids: number[] = [];
  for (let id = 0; id < scores.length; id++) {
    if (!Number.isFinite(scores[id])) {
      throw new ValueError(
        `sampleId: expected finite scores, got ${scores[id]} for id ${id}; did training diverge?`,
      );
    }
    if (!skipped.has(id)) ids.push(id);
  }
  if (ids.length === 0) throw new ValueError('sampleId: every token is in skipIds; leave at least one');

  // Best first; equal scores in the order of their ids, so that a seed gives the same text everywhere.
  ids.sort((a, b) => scores[b] - scores[a] || a - b);
  const best = scores[ids[0]];
  if (temperature === 0) return ids[0];

  const kept = ids.slice(0, topK);
  const weights = kept.map((id) => Math.exp((scores[id] - best) / temperature));
  let total = weights.reduce((sum, weight) => sum + weight, 0);
  if (topP < 1) {
    let reached = 0;
    let count = 0;
    while (count < kept.length && reached < topP * total) reached += weights[count++];
    kept.length = count;
    total = reached;
  }
  let left = random.uniform() * total;
  for (let i = 0; i < kept.length; i++) {
    left -= weights[i];
    if (left < 0) return kept[i];
  }
  // Rounding may leave a crumb behind the last one.
  return kept[kept.length - 1];
}
