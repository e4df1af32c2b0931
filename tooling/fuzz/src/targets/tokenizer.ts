import { BpeTokenizer, TextError } from '@unroll/text';
import { expectThat } from '../expect-that.ts';
import { mutatedValue } from '../mutated-document.ts';
import { NoJsonError, parseValue } from '../parse-value.ts';
import type { Target } from '../target.ts';

const sample = 'the cat sat on the mat, and the dog: é 🌀\n';
const seeds = [0, 4].map((merges) =>
  JSON.parse(JSON.stringify(BpeTokenizer.train(sample, { vocabSize: 256 + merges }))),
);

export const tokenizer: Target = {
  name: 'tokenizer',
  refusals: 'TextError',
  make: (random) => mutatedValue(seeds, random),
  run(input) {
    const bpe = BpeTokenizer.fromJSON(parseValue(input));
    expectThat(bpe.decode(bpe.encode(sample)) === sample, 'a tokenizer that gives texts back');
  },
  isRefusal: (error) => error instanceof NoJsonError || TextError.isInstance(error),
};
