import { CheckpointError, parseVocab, serializeVocab } from '@unroll/checkpoint';
import { expectThat } from '../expect-that.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Target } from '../target.ts';

const seeds = [
  ['<unk>', '<eos>', 'the', 'cat', 'sat'],
  ['a', 'b', ' ', '\n', '"', '\\', 'é', '🌀', '__proto__', ''],
  [],
];

export const vocab: Target = {
  name: 'vocab',
  refusals: 'CheckpointError',
  make: (random) => mutatedDocument(seeds, random),
  run(input) {
    const tokens = parseVocab(input, 'vocab.json');
    expectThat(new Set(tokens).size === tokens.length, 'every token once');
    const again = parseVocab(serializeVocab(tokens));
    expectThat(again.length === tokens.length, 'to read the same tokens from what was written of them');
  },
  isRefusal: CheckpointError.isInstance,
};
