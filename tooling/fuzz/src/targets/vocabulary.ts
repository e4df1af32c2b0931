import { TextError, Vocabulary } from '@unroll/text';
import { expectThat } from '../expect-that.ts';
import { mutatedValue } from '../mutated-document.ts';
import { NoJsonError, parseValue } from '../parse-value.ts';
import type { Target } from '../target.ts';

const seeds = [
  ['<unk>', '<eos>', 'the', 'cat', 'sat'],
  ['a', '__proto__', 'constructor', '', '🌀'],
];

export const vocabulary: Target = {
  name: 'vocabulary',
  refusals: 'TextError',
  make: (random) => mutatedValue(seeds, random),
  run(input) {
    const { tokens, size } = Vocabulary.fromJSON(parseValue(input));
    const again = Vocabulary.fromTokens(tokens);
    expectThat(
      tokens.every((token, id) => again.id(token) === id) && again.size === size,
      'an id for every token',
    );
  },
  isRefusal: (error) => error instanceof NoJsonError || TextError.isInstance(error),
};
