import type { ExpectedTensor, NamedArray } from '@unroll/checkpoint';
import type { Architecture } from './architecture.ts';
import { checkWeights, type Weights } from './check-weights.ts';

const ADVICE = 'Give the config.json and the model.safetensors of one model.';

/** Our weights by our names, checked. */
export function unrollWeights(
  operation: string,
  architecture: Architecture,
  tensors: ReadonlyMap<string, NamedArray>,
): Weights {
  return checkWeights(tensors, expectedWeights(architecture), operation, ADVICE);
}

/** Our names and shapes. */
export function expectedWeights({
  gates,
  layers,
  head,
  vocabSize: V,
  wordvecSize,
  outputSize,
}: Architecture): ExpectedTensor[] {
  const G = gates.ours.length;
  return [
    { name: 'embed.W', shape: [V, wordvecSize] },
    ...layers.flatMap(({ name, norm, D, H }) => [
      { name: `${name}.Wx`, shape: [D, G * H] },
      { name: `${name}.Wh`, shape: [H, G * H] },
      { name: `${name}.b`, shape: [G * H] },
      ...(norm ? ['gain', 'bias'].map((part) => ({ name: `${norm}.${part}`, shape: [H] })) : []),
    ]),
    ...(head === 'projected' ? [{ name: 'projection.W', shape: [outputSize, wordvecSize] }] : []),
    ...(head === 'affine' ? [{ name: 'affine.W', shape: [outputSize, V] }] : []),
    { name: 'affine.b', shape: [V] },
  ];
}
