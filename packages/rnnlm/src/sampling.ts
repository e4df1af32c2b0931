import { type Random, ValueError } from '@unroll/tensor';

/** How the next token is drawn from the scores. */
export interface SamplingOptions {
  /** Scores are divided by it: below 1 more cautious, above 1 more daring, 0 always the best. */
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
  const best = bestId(scores, skipped);
  if (temperature === 0) return best;

  const weights = new Float64Array(scores.length);
  for (let id = 0; id < weights.length; id++) {
    if (!skipped.has(id)) weights[id] = Math.exp((scores[id] - scores[best]) / temperature);
  }
  if (topK < weights.length || topP < 1) keepBest(weights, topK, topP);

  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let id = 0; id < weights.length; id++) {
    left -= weights[id];
    if (left < 0) return id;
  }
  return best; // rounding may leave a crumb behind the last one
}

/** Of equal scores the first. */
function bestId(scores: ArrayLike<number>, skipped: ReadonlySet<number>): number {
  let best = -1;
  for (let id = 0; id < scores.length; id++) {
    if (!Number.isFinite(scores[id])) {
      throw new ValueError(
        `sampleId: expected finite scores, got ${scores[id]} for id ${id}; did training diverge?`,
      );
    }
    if (!skipped.has(id) && (best < 0 || scores[id] > scores[best])) best = id;
  }
  if (best < 0) throw new ValueError('sampleId: every token is in skipIds; leave at least one');
  return best;
}

/** Leaves the `topK` greatest weights, of those as many as together reach `topP`, and sets the others to 0; of equal ones the first stay. */
function keepBest(weights: Float64Array, topK: number, topP: number): void {
  const sorted = weights.slice().sort().reverse();
  let count = Math.min(topK, sorted.length);
  if (topP < 1) {
    const enough = topP * sorted.subarray(0, count).reduce((sum, weight) => sum + weight, 0);
    let reached = 0;
    let needed = 0;
    while (needed < count && reached < enough) reached += sorted[needed++];
    count = needed;
  }
  const least = sorted[count - 1];
  let equals = count - sorted.indexOf(least);
  for (let id = 0; id < weights.length; id++) {
    if (weights[id] < least || (weights[id] === least && equals-- <= 0)) weights[id] = 0;
  }
}
