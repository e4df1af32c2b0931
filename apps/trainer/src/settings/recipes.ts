import { closest } from 'fastest-levenshtein';
import { UsageError } from '../exit-code.ts';
import type { Layer } from './layers.ts';

/** Settings that are known to go well together. */
interface Recipe {
  readonly about: string;
  /** What others report for it, and where. */
  readonly published?: string;
  /** What it came to here; `docs/results.md` has the runs. */
  readonly reached: string;
  readonly values: Layer['values'];
}

export const recipes: Readonly<Record<string, Recipe>> = {
  rnnlm: {
    about: "the book's LSTM on words (section 6.4); what is taken when nothing is said",
    published: 'Penn Treebank, test perplexity 136.07 after 4 epochs (the book, section 6.4)',
    reached: 'test perplexity 134.7: mean of three seeds, 3.5 minutes on two cores with a BLAS',
    values: {},
  },
  'better-rnnlm': {
    about: "the book's better model (section 6.5): two LSTMs of 650, dropout, tied output",
    published: 'Penn Treebank, test perplexity 75.76 after 40 epochs (the book, section 6.5.4)',
    reached: 'not run to its end yet: 40 epochs take five hours on two cores with a BLAS',
    values: {
      model: { name: 'better-rnnlm', wordvecSize: 650, hiddenSize: 650 },
      training: { epochs: 40 },
      schedule: { name: 'plateau' },
    },
  },
  hour: {
    about: 'a good model on words, for an hour on two cores with a BLAS',
    published:
      'Penn Treebank, test perplexity 82.7, a regularized LSTM of two layers of 650 (Zaremba et al. 2014, arXiv:1409.2329, table 1)',
    reached:
      'test perplexity 79.0, with a cache 72.9: mean of three seeds, 51 minutes on two cores with a BLAS',
    values: {
      model: {
        ...{ name: 'stacked-rnnlm', wordvecSize: 256, hiddenSize: 650, layers: 1, head: 'projected' },
        outputBias: 'counts',
      },
      regularization: { dropoutInput: 0.3, dropoutOutput: 0.4, dropoutWords: 0.1, dropoutWeights: 0.2 },
      training: { batchSize: 32, epochs: 14, maxGrad: 1, randomStart: true, evalInterval: 1660 },
      optimizer: { name: 'adamw', lr: 0.008, average: 'ema' },
      schedule: { name: 'cosine', warmup: 200 },
    },
  },
  'three-hours': {
    about: 'a larger one with more dropout, for three hours on two cores with a BLAS',
    published: 'Penn Treebank, test perplexity 75.76, BetterRnnlm after 40 epochs (the book, section 6.5.4)',
    reached:
      'test perplexity 74.4, with a cache 68.8: one seed, 2 h 44 min on two cores with a BLAS, in two parts',
    values: {
      model: {
        ...{ name: 'stacked-rnnlm', wordvecSize: 300, hiddenSize: 900, layers: 1, head: 'projected' },
        outputBias: 'counts',
      },
      regularization: {
        ...{ dropoutInput: 0.4, dropoutOutput: 0.5, dropoutWords: 0.1, dropoutWeights: 0.4 },
        weightDecay: 0.01,
      },
      training: { batchSize: 32, epochs: 30, maxGrad: 1, randomStart: true },
      optimizer: { name: 'adamw', lr: 0.006, average: 'ema' },
      schedule: { name: 'cosine', warmup: 200 },
    },
  },
  'awd-lstm': {
    about: 'three weight-dropped LSTMs on words, for a machine that has days',
    published:
      'Penn Treebank, test perplexity 57.3 with fine-tuning (Merity et al. 2018, arXiv:1708.02182, table 1), 58.8 without (their code)',
    reached: 'not run here: one of its 500 epochs takes some 20 minutes on two cores with a BLAS',
    values: {
      model: { name: 'stacked-rnnlm', wordvecSize: 400, hiddenSize: 1150, layers: 3, head: 'tied' },
      regularization: {
        ...{
          dropoutInput: 0.4,
          dropoutHidden: 0.25,
          dropoutOutput: 0.4,
          dropoutWords: 0.1,
          dropoutWeights: 0.5,
        },
        ...{ activationPenalty: 2, temporalPenalty: 1, weightDecay: 1.2e-6 },
      },
      training: { batchSize: 20, timeSize: 70, randomLength: true, epochs: 500 },
      optimizer: { name: 'sgd', lr: 30, average: 'asgd', averagePatience: 5 },
    },
  },
  'melis-10m': {
    about:
      'one LSTM with a capped input gate and a projected output, 10 million parameters, for a night or two; of its cell no export to PyTorch or ONNX',
    published:
      'Penn Treebank, test perplexity 59.6 for one layer with 10 million parameters (Melis et al. 2018, arXiv:1707.05589, table 1); rates and dropouts are those that their code has for it, which drops states where this drops weights, and has Adam without a first moment',
    reached: 'not run here yet',
    values: {
      model: {
        ...{ name: 'stacked-rnnlm', cell: 'capped-lstm', wordvecSize: 272, hiddenSize: 1184 },
        ...{ layers: 1, head: 'projected', forgetBias: 1 },
      },
      regularization: { dropoutInput: 0.52, dropoutOutput: 0.34, dropoutWeights: 0.18, weightDecay: 0.0001 },
      training: { batchSize: 64, epochs: 60, maxGrad: 10, randomStart: true },
      optimizer: { name: 'adamw', lr: 0.0048, average: 'ema' },
      schedule: { name: 'linear', warmup: 100 },
    },
  },
  char: {
    about: "a small LSTM on characters, for a text of one's own of 0.1 to 2 MB; what npm start takes",
    reached:
      'tiny Shakespeare, 1,200 steps: test loss 1.741 nats a character, perplexity 5.71 (mean of three seeds), one minute on two cores with a BLAS',
    values: {
      tokenizer: { kind: 'char' },
      model: { wordvecSize: 48, hiddenSize: 192 },
      training: { batchSize: 32, timeSize: 64, epochs: 1000, maxSteps: 1200, evalInterval: 200, maxGrad: 5 },
      optimizer: { name: 'adam', lr: 0.005 },
      schedule: { name: 'cosine' },
    },
  },
  shakespeare: {
    about: 'one LSTM of 700 on characters, for half an hour and a text of 1 MB',
    published:
      'tiny Shakespeare, nanoGPT (a transformer, on a GPU): validation loss 1.4697 nats a character (its README)',
    reached: 'validation loss 1.423 nats a character: one seed, 20 minutes on two cores with a BLAS',
    values: {
      tokenizer: { kind: 'char' },
      data: { validFraction: 0.1, testFraction: 0 },
      model: {
        ...{ name: 'stacked-rnnlm', wordvecSize: 64, hiddenSize: 700, layers: 1 },
        outputBias: 'counts',
      },
      regularization: { dropoutOutput: 0.3, dropoutWeights: 0.2 },
      training: { batchSize: 32, timeSize: 64, epochs: 10, maxGrad: 1, randomStart: true },
      optimizer: { name: 'adamw', lr: 0.004, average: 'ema' },
      schedule: { name: 'cosine', warmup: 100 },
    },
  },
};

/** @throws UsageError if there is no such recipe */
export function recipeLayer(name: string): Layer {
  if (!Object.hasOwn(recipes, name)) {
    const names = Object.keys(recipes);
    throw new UsageError(
      `--recipe ${name}: there is no such recipe; did you mean ${closest(name, names)}? There are ${names.join(', ')}`,
    );
  }
  return { origin: `recipe ${name}`, values: recipes[name].values };
}
