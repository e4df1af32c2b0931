import { type SamplingOptions, sampleId } from '@unroll/rnnlm';
import { Random } from '@unroll/tensor';

/** How often each token comes in so many draws. */
export function draws(
  scores: readonly number[],
  options: SamplingOptions,
  count: number,
  seed: number,
): number[] {
  const random = new Random(seed);
  const counts = Array<number>(scores.length).fill(0);
  for (let i = 0; i < count; i++) counts[sampleId(scores, options, random)]++;
  return counts;
}
