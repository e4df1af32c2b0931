import type { ModelConfig } from '@unroll/rnnlm';

/** The model whose parts are compared: two LSTMs of 400, tied. */
export const plain: ModelConfig = {
  ...{ model: 'stacked-rnnlm', vocabSize: 10_000, wordvecSize: 400, hiddenSize: 400 },
  ...{ layers: 2, head: 'tied' },
};

/** Of each block. */
export const N = 20;
export const T = 35;

const shares = { input: 0.4, hidden: 0.25, output: 0.4 };

/** The same with one part more, or another one. */
export const variants: Readonly<Record<string, Partial<ModelConfig>>> = {
  'locked dropout': { dropouts: shares },
  'dropout, a mask for each step': { dropouts: { ...shares, locked: false } },
  'dropout of words': { dropouts: { words: 0.1 } },
  'weight drop': { dropouts: { weights: 0.5 } },
  'AR and TAR': { penalties: { activation: 2, temporal: 1 } },
  'label smoothing': { smoothing: 0.1 },
  'layer norm': { layerNorm: true },
  'head projected from 400 to 256': { wordvecSize: 256, head: 'projected' },
  'capped LSTM': { cell: 'capped-lstm' },
  'coupled LSTM': { cell: 'coupled-lstm' },
  'LSTM projected from 400 to 256': { cell: 'projected-lstm', wordvecSize: 256, projectionSize: 256 },
  MinGRU: { cell: 'min-gru' },
  QRNN: { cell: 'qrnn' },
};

/** Those that may cost `AFFORDABLE` times the plain model, product for product, and no more. */
export const bounded: readonly string[] = [
  'weight drop',
  'locked dropout',
  'head projected from 400 to 256',
  'LSTM projected from 400 to 256',
];
export const AFFORDABLE = 1.1;

/** An eighth of each size, to see whether all of it works. */
export function shrunk({ vocabSize, wordvecSize, hiddenSize, ...config }: ModelConfig): ModelConfig {
  const eighth = (size: number): number => Math.ceil(size / 8);
  return {
    ...config,
    ...{ vocabSize: eighth(vocabSize), wordvecSize: eighth(wordvecSize), hiddenSize: eighth(hiddenSize) },
    ...(config.projectionSize !== undefined && { projectionSize: eighth(config.projectionSize) }),
  };
}
