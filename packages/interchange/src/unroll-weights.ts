import type { ExpectedTensor, NamedArray } from '@unroll/checkpoint';
import type { Architecture } from './architecture.ts';
import { checkWeights } from './check-weights.ts';
import type { ModelConfig } from './model-config.ts';

const ADVICE = 'Give the config.json and the model.safetensors of one model.';

/** Our weights by their letters, checked: embedW (V, D), Wx (D, G * H), Wh (H, G * H), b (G * H), affineW (H, V), affineb (V). */
export function unrollWeights(
  operation: string,
  { layer, gates }: Architecture,
  { vocabSize: V, wordvecSize: D, hiddenSize: H }: ModelConfig,
  tensors: ReadonlyMap<string, NamedArray>,
): Record<'embedW' | 'Wx' | 'Wh' | 'b' | 'affineW' | 'affineb', NamedArray> {
  const G = gates.unroll.length;
  const expected: ExpectedTensor[] = [
    { name: 'embed.W', shape: [V, D] },
    { name: `${layer}.Wx`, shape: [D, G * H] },
    { name: `${layer}.Wh`, shape: [H, G * H] },
    { name: `${layer}.b`, shape: [G * H] },
    { name: 'affine.W', shape: [H, V] },
    { name: 'affine.b', shape: [V] },
  ];
  const [embedW, Wx, Wh, b, affineW, affineb] = checkWeights(tensors, expected, operation, ADVICE);
  return { embedW, Wx, Wh, b, affineW, affineb };
}
