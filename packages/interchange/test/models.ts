import type { ModelConfig } from '@unroll/rnnlm';

const sizes = { vocabSize: 50, wordvecSize: 12, hiddenSize: 16 };

/** What acts only while training: no format has it, and no score depends on it. */
const forTraining = {
  dropouts: { words: 0.1, input: 0.4, hidden: 0.3, output: 0.4, weights: 0.5 },
  penalties: { activation: 2, temporal: 1 },
  smoothing: 0.1,
};

export const rnnlm: ModelConfig = { model: 'rnnlm', ...sizes };
export const simpleRnnlm: ModelConfig = { model: 'simple-rnnlm', ...sizes };
export const betterRnnlm: ModelConfig = { model: 'better-rnnlm', ...sizes, wordvecSize: 16, dropout: 0.5 };

const stacked = { model: 'stacked-rnnlm', ...sizes };
/** Three LSTMs of 16 units with a norm after each, then a product that brings them to 12. */
export const projectedStack: ModelConfig = {
  ...stacked,
  ...forTraining,
  cell: 'lstm',
  layers: 3,
  head: 'projected',
  layerNorm: true,
};
/** Two RNNs, of 16 and of 12 units. */
export const tiedStack: ModelConfig = { ...stacked, cell: 'rnn', layers: 2, head: 'tied' };
/** As `rnnlm`, but for its names. */
export const stackOfOne: ModelConfig = { ...stacked };
/** What ONNX has and PyTorch has not. */
export const gruStack: ModelConfig = { ...stacked, cell: 'gru', layers: 2, head: 'affine', layerNorm: true };

/** Each with a title. */
export const forPyTorch: readonly (readonly [title: string, config: ModelConfig])[] = [
  ['rnnlm', rnnlm],
  ['simple-rnnlm', simpleRnnlm],
  ['better-rnnlm', betterRnnlm],
  ['stack of three normalized LSTMs, projected', projectedStack],
  ['stack of two RNNs, tied', tiedStack],
  ['stack of one LSTM', stackOfOne],
];
export const forOnnx: typeof forPyTorch = [...forPyTorch, ['stack of two normalized GRUs', gruStack]];
