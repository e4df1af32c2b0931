import type { LanguageModel } from '@unroll/rnnlm';
import { sizeOf } from '@unroll/tensor';

/**
 * Of all matrix products of one training step with N * T ids: every matrix behind the embedding is multiplied by each step's vector, and
 * backward there are two products for each forward, for what was read and for the weights.
 */
export function productFlops({ layers }: LanguageModel, N: number, T: number): number {
  const matrices = layers
    .slice(1)
    .flatMap(({ params }) => params.filter(({ value }) => value.shape.length === 2));
  return 3 * 2 * N * T * matrices.reduce((sum, { value }) => sum + sizeOf(value.shape), 0);
}
