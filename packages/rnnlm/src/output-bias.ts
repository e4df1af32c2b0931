import { formatShape, type Parameter, ShapeError, sameShape, ValueError } from '@unroll/tensor';
import type { LanguageModel } from './language-model.ts';

/**
 * Sets the bias of the output layer to the logarithm of how often each token comes in a text, so that a model whose other weights are
 * small begins with the perplexity of counting and need not learn the counts first. With Adam, which moves a weight by about the learning rate
 * in a step, that would take it thousands of steps, in which hidden units learn to stand still in place of the bias.
 * `b = ln(count + 1)`, less its mean, which the softmax does not see. Published advice, such as Karpathy 2019 ("A Recipe for Training
 * Neural Networks": init well).
 * @param ids the text that the model is going to train on
 * @throws ValueError for an id that is none of the model's
 */
export function setOutputBias(model: LanguageModel, ids: ArrayLike<number>): void {
  const { vocabSize } = model.config;
  const bias = outputBiasOf(model);
  const counts = new Float64Array(vocabSize).fill(1);
  for (let i = 0; i < ids.length; i++) {
    if (!(Number.isInteger(ids[i]) && ids[i] >= 0 && ids[i] < vocabSize)) {
      throw new ValueError(`setOutputBias: expected ids from 0 to ${vocabSize - 1}, got ${ids[i]}`);
    }
    counts[ids[i]]++;
  }
  const logs = counts.map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / vocabSize;
  bias.value.write(logs.map((log) => log - mean));
}

/** The last layer's parameter with a number for each token. */
function outputBiasOf({ layers, config }: LanguageModel): Parameter {
  const bias = layers.at(-1)?.params.at(-1);
  const shape = [config.vocabSize];
  if (bias && sameShape(bias.value.shape, shape)) return bias;
  throw new ShapeError(
    `setOutputBias: expected the last layer's last parameter to be a bias ${formatShape(shape)}, got ${bias ? `${bias.name} ${formatShape(bias.value.shape)}` : 'none'}`,
  );
}
