import { closest } from 'fastest-levenshtein';
import { UsageError } from '../exit-code.ts';
import type { Layer } from './layers.ts';

/** Settings that are known to go well together. */
interface Recipe {
  readonly about: string;
  /** What it is known to reach, and how that was found. */
  readonly result: string;
  readonly values: Layer['values'];
}

export const recipes: Readonly<Record<string, Recipe>> = {
  rnnlm: {
    about: "the book's LSTM on words (section 6.4); what is taken when nothing is said",
    result:
      'Penn Treebank, 4 epochs: test perplexity 134.5 (mean of three seeds; the book reports 136.07), 4 minutes on two cores with a BLAS',
    values: {},
  },
  char: {
    about: "a small LSTM on characters, for a text of one's own of 0.1 to 2 MB; what npm start takes",
    result:
      'tiny Shakespeare, 1,200 steps: test loss 1.741 nats a character, perplexity 5.71 (mean of three seeds), one minute on two cores with a BLAS',
    values: {
      tokenizer: { kind: 'char' },
      model: { wordvecSize: 48, hiddenSize: 192 },
      training: { batchSize: 32, timeSize: 64, epochs: 1000, maxSteps: 1200, evalInterval: 200, maxGrad: 5 },
      optimizer: { name: 'adam', lr: 0.005 },
      schedule: { name: 'cosine' },
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
