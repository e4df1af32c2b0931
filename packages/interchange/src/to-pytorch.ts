import type { NamedArray } from '@unroll/checkpoint';
import { architectureOf } from './architecture.ts';
import type { ModelConfig } from './model-config.ts';
import { reordered, transposed } from './rearrange.ts';
import { unrollWeights } from './unroll-weights.ts';

/**
 * The weights as the `state_dict` of a PyTorch module with `embedding`, `lstm` (or `rnn`, or `lstm1`, `lstm2` and so on) and `linear`.
 * PyTorch multiplies by the transposed matrix, has its gates in the order i, f, g, o, and a second bias, which is zero here. The weight of
 * a `linear` that is tied to the embedding is not repeated.
 *
 * The embedding and all vectors but the recurrent biases are the arrays that were given, the others are copies.
 *
 * @throws CheckpointError if the tensors are not those of the configuration, or PyTorch does not have the cell
 */
export function toPyTorch(
  config: ModelConfig,
  tensors: ReadonlyMap<string, NamedArray>,
): Map<string, NamedArray> {
  const architecture = architectureOf('toPyTorch', 'pytorch', config);
  const { gates, layers, head } = architecture;
  const weight = unrollWeights('toPyTorch', architecture, tensors);
  const gateRows = (W: NamedArray) => reordered(transposed(W), gates.ours, gates.theirs);

  const out = new Map([['embedding.weight', weight('embed.W')]]); // (V, D)
  for (const { name, norm } of layers) {
    const b = weight(`${name}.b`);
    out.set(`${name}.weight_ih_l0`, gateRows(weight(`${name}.Wx`))); // (G * H, D)
    out.set(`${name}.weight_hh_l0`, gateRows(weight(`${name}.Wh`))); // (G * H, H)
    out.set(`${name}.bias_ih_l0`, reordered(b, gates.ours, gates.theirs)); // (G * H)
    out.set(`${name}.bias_hh_l0`, { ...b, data: b.data.slice().fill(0) });
    if (!norm) continue;
    out.set(`${norm}.weight`, weight(`${norm}.gain`)); // (H)
    out.set(`${norm}.bias`, weight(`${norm}.bias`)); // (H)
  }
  if (head === 'projected') out.set('projection.weight', transposed(weight('projection.W'))); // (D, H)
  if (head === 'affine') out.set('linear.weight', transposed(weight('affine.W'))); // (V, H)
  out.set('linear.bias', weight('affine.b')); // (V)
  return out;
}
