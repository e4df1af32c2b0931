import { CheckpointError, parseSafetensors } from '@unroll/checkpoint';
import { fromPyTorch } from '@unroll/interchange';
import { expectThat } from '../expect-that.ts';
import { mutatedSafetensors, safetensorsFile } from '../safetensors-file.ts';
import type { Target } from '../target.ts';

function stateDict(layer: 'lstm' | 'rnn', [V, D, H]: readonly number[]) {
  const G = layer === 'lstm' ? 4 : 1;
  const shapes: Record<string, number[]> = {
    'embedding.weight': [V, D],
    [`${layer}.weight_ih_l0`]: [G * H, D],
    [`${layer}.weight_hh_l0`]: [G * H, H],
    [`${layer}.bias_ih_l0`]: [G * H],
    [`${layer}.bias_hh_l0`]: [G * H],
    'linear.weight': [V, H],
    'linear.bias': [V],
  };
  return safetensorsFile(Object.entries(shapes).map(([name, shape]) => ({ name, dtype: 'F32', shape })));
}

const seeds = [() => stateDict('lstm', [3, 2, 2]), () => stateDict('rnn', [2, 1, 3])];

export const pytorch: Target = {
  name: 'pytorch',
  refusals: 'CheckpointError',
  make: (random) => mutatedSafetensors(random.pick(seeds), random),
  run(input) {
    const { config, tensors } = fromPyTorch(
      parseSafetensors(input, 'module.safetensors').tensors,
      'module.safetensors',
    );
    const embed = tensors.get('embed.W');
    expectThat(
      embed?.data.length === config.vocabSize * config.wordvecSize,
      'weights of the sizes in the configuration',
    );
    for (const { data } of tensors.values()) expectThat(data.every(Number.isFinite), 'finite numbers');
  },
  isRefusal: CheckpointError.isInstance,
};
