import { CheckpointError, parseConfig } from '@unroll/checkpoint';
import { expectThat } from '../expect-that.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Target } from '../target.ts';

const seeds = [
  { model: 'rnnlm', vocabSize: 10, wordvecSize: 4, hiddenSize: 5, tokenizer: 'char' },
  { kind: 'rnnlm', sizes: { V: 10, H: 4 }, tied: false, note: null, rates: [20, 0.25] },
  {},
];

export const configFile: Target = {
  name: 'config',
  refusals: 'CheckpointError',
  make: (random) => mutatedDocument(seeds, random),
  run(input) {
    const config = parseConfig(input, 'config.json');
    expectThat(Object.getPrototypeOf(config) === Object.prototype, 'an object with the usual prototype');
    expectThat(typeof JSON.stringify(config) === 'string', 'a value that can be written');
  },
  isRefusal: CheckpointError.isInstance,
};
