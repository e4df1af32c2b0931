import { type Memory, type Parameter, type Tensor, ValueError } from '@unroll/tensor';

/** Sets every gradient back to zero. Layers add to gradients, so this comes before each backward pass. */
export function zeroGrads(params: readonly Parameter[]): void {
  for (const { grad } of params) grad.backend.fill(grad, 0);
}

/**
 * Shortens all gradients together when their common norm is above `maxNorm`: each times `maxNorm / (norm + 1e-6)`.
 * Nothing is read back: the norm stays on the backend. Pascanu, Mikolov, Bengio 2013; book section 6.1.4.
 *
 * @param memory owns the tensor that is returned
 * @returns the norm before clipping `(1)`, lent until the next call with this memory
 */
export function clipGrads(params: readonly Parameter[], maxNorm: number, memory: Memory): Tensor {
  if (!(maxNorm > 0)) throw new ValueError(`clipGrads: expected maxNorm above 0, got ${maxNorm}`);
  const norm = gradNorm(params, memory);
  for (const { grad } of params) grad.backend.clip(grad, norm, maxNorm);
  return norm;
}

/** The Euclidean norm of all gradients together, `(1)`, lent until the next call with this memory. */
export function gradNorm(params: readonly Parameter[], memory: Memory): Tensor {
  if (params.length === 0) throw new ValueError('gradNorm: expected at least one parameter, got none');
  const [{ grad }] = params;
  const { backend } = grad;
  const norm = memory.take('gradNorm', backend, [1], grad.dtype);
  backend.fill(norm, 0);
  for (const { grad } of params) backend.addSumSquares(norm, grad);
  backend.sqrt(norm);
  return norm;
}
