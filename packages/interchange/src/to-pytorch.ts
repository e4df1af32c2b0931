import type { NamedArray } from '@unroll/checkpoint';
import { architectureOf } from './architecture.ts';
import type { ModelConfig } from './model-config.ts';
import { reordered, transposed } from './rearrange.ts';
import { unrollWeights } from './unroll-weights.ts';

/**
 * The weights as the `state_dict` of a PyTorch module with `embedding`, `lstm` (or `rnn`) and `linear`. PyTorch multiplies by the
 * transposed matrix, has its gates in the order i, f, g, o, and a second bias, which is zero here.
 *
 * The embedding and the last bias are the arrays that were given, the others are copies.
 *
 * @throws CheckpointError if the tensors are not those of the configuration
 */
export function toPyTorch(
  config: ModelConfig,
  tensors: ReadonlyMap<string, NamedArray>,
): Map<string, NamedArray> {
  const architecture = architectureOf('toPyTorch', config);
  const { layer, gates } = architecture;
  const { embedW, Wx, Wh, b, affineW, affineb } = unrollWeights('toPyTorch', architecture, config, tensors);
  const gateRows = (W: NamedArray) => reordered(transposed(W), gates.unroll, gates.pytorch);
  return new Map([
    ['embedding.weight', embedW], // (V, D)
    [`${layer}.weight_ih_l0`, gateRows(Wx)], // (G * H, D)
    [`${layer}.weight_hh_l0`, gateRows(Wh)], // (G * H, H)
    [`${layer}.bias_ih_l0`, reordered(b, gates.unroll, gates.pytorch)], // (G * H)
    [`${layer}.bias_hh_l0`, { ...b, data: b.data.slice().fill(0) }],
    ['linear.weight', transposed(affineW)], // (V, H)
    ['linear.bias', affineb], // (V)
  ]);
}
