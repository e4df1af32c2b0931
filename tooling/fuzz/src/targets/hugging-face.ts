import { TextError } from '@unroll/text';
import { tokenizerFromJSON } from '@unroll/text/huggingface';
import { expectThat } from '../expect-that.ts';
import { mutatedValue } from '../mutated-document.ts';
import { NoJsonError, parseValue } from '../parse-value.ts';
import type { Target } from '../target.ts';

const seeds = [
  {
    version: '1.0',
    added_tokens: [{ id: 1, content: '[CLS]', special: true }],
    normalizer: { type: 'BertNormalizer', lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      vocab: { '[UNK]': 0, '[CLS]': 1, play: 2, '##ing': 3, the: 4, ',': 5 },
    },
  },
  {
    pre_tokenizer: { type: 'Whitespace' },
    model: { type: 'WordLevel', vocab: { '[UNK]': 0, the: 1, cat: 2, sat: 3 }, unk_token: '[UNK]' },
  },
  {
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
    model: {
      type: 'Unigram',
      unk_id: 0,
      vocab: [
        ['<unk>', 0],
        ['▁', -3],
        ['▁the', -1],
        ['▁cat', -1],
        ['s', -2],
      ],
    },
  },
];

/** A tokenizer.json of another tool, whose library takes it apart. */
export const huggingFace: Target = {
  name: 'hugging-face',
  refusals: 'TextError',
  make: (random) => mutatedValue(seeds, random),
  run(input) {
    const tokenizer = tokenizerFromJSON(parseValue(input));
    const { size } = tokenizer.vocabulary;
    const ids = tokenizer.encode('the cat, playing');
    expectThat(
      ids.every((id) => id >= 0 && id < size),
      'ids within the vocabulary',
    );
    expectThat(typeof tokenizer.decode(ids) === 'string', 'a text');
  },
  isRefusal: (error) => error instanceof NoJsonError || TextError.isInstance(error),
};
