import { isDeepStrictEqual } from 'node:util';
import { CheckpointError, parseConfig } from '@unroll/checkpoint';
import { parseModelConfig } from '@unroll/model-folder';
import { expectThat } from '../expect-that.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Target } from '../target.ts';

const seeds = [
  { model: 'rnnlm', vocabSize: 10, wordvecSize: 4, hiddenSize: 5, tokenizer: 'char' },
  {
    ...{ model: 'stacked-rnnlm', vocabSize: 10, wordvecSize: 4, hiddenSize: 5, tokenizer: 'bpe' },
    ...{ cell: 'lstm', layers: 2, head: 'tied', forgetBias: 1, layerNorm: false, smoothing: 0.1 },
    ...{ dropouts: { words: 0.1, locked: true }, penalties: { activation: 2 } },
  },
  { kind: 'rnnlm', sizes: { V: 10, H: 4 }, tied: false, note: null, rates: [20, 0.25] },
  {},
];

export const modelConfig: Target = {
  name: 'config',
  refusals: 'CheckpointError',
  make: (random) => mutatedDocument(seeds, random),
  run(input) {
    const config = parseConfig(input, 'config.json');
    expectThat(Object.getPrototypeOf(config) === Object.prototype, 'an object with the usual prototype');
    expectThat(typeof JSON.stringify(config) === 'string', 'a value that can be written');
    const known = parseModelConfig(config);
    expectThat(
      isDeepStrictEqual(parseModelConfig({ ...known }), known),
      'a model that says again what it is',
    );
  },
  isRefusal: CheckpointError.isInstance,
};
