import { createModel, type LanguageModel, type ModelConfig } from '@unroll/rnnlm';
import { ReferenceBackend, tensor } from '@unroll/tensor';
import { BpeTokenizer, CharTokenizer, type Tokenizer, WordTokenizer } from '@unroll/text';
import { HuggingFaceTokenizer } from '@unroll/text/huggingface';

export const TEXT = 'the cat sat on the mat\nthe dog sat on the log\n';
export const huggingFace = (json: unknown): Tokenizer => HuggingFaceTokenizer.fromJSON(json);

export const tokenizers: readonly Tokenizer[] = [
  WordTokenizer.fromText(TEXT),
  CharTokenizer.fromText(TEXT),
  BpeTokenizer.train(TEXT, { vocabSize: 260 }),
  huggingFace({
    pre_tokenizer: { type: 'Whitespace' },
    model: { type: 'WordLevel', vocab: { '[UNK]': 0, the: 1, cat: 2, sat: 3 }, unk_token: '[UNK]' },
  }),
];

export const architectures: readonly Omit<ModelConfig, 'vocabSize'>[] = [
  { model: 'simple-rnnlm', wordvecSize: 3, hiddenSize: 4 },
  { model: 'rnnlm', wordvecSize: 3, hiddenSize: 4 },
  { model: 'better-rnnlm', wordvecSize: 4, hiddenSize: 4, dropout: 0.25 },
  {
    ...{ model: 'stacked-rnnlm', wordvecSize: 3, hiddenSize: 4, layers: 2, cell: 'gru', head: 'projected' },
    ...{
      layerNorm: true,
      dropouts: { words: 0.1, weights: 0.5 },
      penalties: { activation: 2 },
      smoothing: 0.1,
    },
  },
];

export function make(
  tokenizer: Tokenizer = tokenizers[0],
  architecture: Omit<ModelConfig, 'vocabSize'> = architectures[1],
): LanguageModel {
  const vocabSize = tokenizer.vocabulary.size;
  const model = createModel({ ...architecture, vocabSize }, { backend: new ReferenceBackend(), seed: 5 });
  model.training = false;
  return model;
}

/** The scores of a short text: what a model is, as far as anyone can tell. */
export async function scores(model: LanguageModel, ids: readonly number[] = [1, 0, 2]): Promise<number[]> {
  model.resetState();
  return [
    ...(await model.predict(tensor(model.backend, Int32Array.from(ids), [1, ids.length], 'i32')).read()),
  ];
}
