import { isDeepStrictEqual } from 'node:util';
import { CheckpointError, parseConfig } from '@unroll/checkpoint';
import { parseModelConfig } from '@unroll/model-folder';
import { expectThat } from '../expect-that.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Target } from '../target.ts';

const sizes = { vocabSize: 10, wordvecSize: 4, hiddenSize: 5 };
const seeds = [
  { model: 'rnnlm', ...sizes, tokenizer: 'char' },
  { model: 'better-rnnlm', ...sizes, tokenizer: 'word', dropout: 0.5, note: { of: ['nobody', null] } },
  {
    ...{ model: 'stacked-rnnlm', ...sizes, tokenizer: 'bpe' },
    ...{ cell: 'lstm', layers: 2, head: 'tied', forgetBias: 1, layerNorm: false, smoothing: 0.1 },
    ...{ dropouts: { words: 0.1, locked: true }, penalties: { activation: 2 } },
  },
];

export const modelConfig: Target = {
  name: 'model-config',
  refusals: 'CheckpointError',
  make: (random) => mutatedDocument(seeds, random),
  run(input) {
    const config = parseModelConfig(parseConfig(input, 'config.json'));
    expectThat(
      config.vocabSize >= 1 && config.vocabSize <= Number.MAX_SAFE_INTEGER,
      'a size that there can be',
    );
    expectThat(
      isDeepStrictEqual(parseModelConfig({ ...config }), config),
      'a model that says again what it is',
    );
  },
  isRefusal: CheckpointError.isInstance,
};
