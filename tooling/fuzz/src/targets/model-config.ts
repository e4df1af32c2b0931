import { CheckpointError, type NamedArray, paramsToArrays, parseConfig } from '@unroll/checkpoint';
import { modelFrom } from '@unroll/model-folder';
import { createModel, type ModelConfig } from '@unroll/rnnlm';
import { ReferenceBackend } from '@unroll/tensor';
import { expectThat } from '../expect-that.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Target } from '../target.ts';

const vocab = [...'abcdefghi\n'];
const sizes = { vocabSize: vocab.length, wordvecSize: 4, hiddenSize: 5 };
const models: readonly ModelConfig[] = [
  { model: 'rnnlm', ...sizes },
  { model: 'better-rnnlm', ...sizes, hiddenSize: 4, dropout: 0.5 },
  {
    ...{ model: 'stacked-rnnlm', ...sizes, cell: 'lstm', layers: 2, head: 'projected', layerNorm: false },
    ...{
      dropouts: { words: 0.1, locked: true },
      penalties: { activation: 2 },
      smoothing: 0.1,
      forgetBias: 1,
    },
  },
];
const seeds = models.map((model) => ({ ...model, tokenizer: 'char', note: { of: ['nobody', null] } }));

/** Of each of these models, by its name. */
async function makeWeights(): Promise<Map<string, Map<string, NamedArray>>> {
  const made = models.map(async (config) => {
    const { params } = createModel(config, { backend: new ReferenceBackend() });
    return [config.model, await paramsToArrays(params)] as const;
  });
  return new Map(await Promise.all(made));
}

const weights = makeWeights();

export const modelConfig: Target = {
  name: 'model-config',
  refusals: 'CheckpointError',
  make: (random) => mutatedDocument(seeds, random),
  async run(input) {
    const config = parseConfig(input, 'config.json');
    const tensors = (await weights).get(config.model as string) ?? new Map();
    const backend = new ReferenceBackend();
    try {
      const { model } = await modelFrom({ config, vocab, tensors }, { backend });
      expectThat(model.config.model === config.model, 'the model that was asked for');
      expectThat(model.config.vocabSize === vocab.length, 'a model of these tokens');
      model.dispose();
    } finally {
      expectThat(backend.bytes === 0, 'nothing held of a model that there is not');
    }
  },
  isRefusal: CheckpointError.isInstance,
};
