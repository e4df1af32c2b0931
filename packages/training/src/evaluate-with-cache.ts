import type { LanguageModel } from '@unroll/rnnlm';
import { ValueError } from '@unroll/tensor';
import type { TokenIds } from '@unroll/text';
import { type Evaluation, evaluationOf } from './evaluate.ts';
import { NeuralCache } from './neural-cache.ts';
import { TargetLosses } from './target-losses.ts';
import { oneStream } from './text-blocks.ts';
import { undisturbed } from './undisturbed.ts';

export interface CacheOptions {
  /** How much more a state counts that is more like the present one; 0: all in the window count the same. */
  theta: number;
  /** The part of the cache in each prediction, from 0 up to, but not including, 1. */
  lambda: number;
  /** How far back the cache reaches, in tokens. */
  window?: number;
  /** T, how many tokens are read at a time: a matter of speed alone. */
  timeSize?: number;
  /** Awaited between blocks, so that an application stays responsive. */
  pause?: () => Promise<void>;
}

/**
 * How well a model predicts a text when a cache helps it, which remembers what came after states like the present one (Grave, Joulin,
 * Usunier 2017, arXiv:1612.04426, section 3):
 *
 *     p(w) = (1 - lambda) p_model(w) + lambda p_cache(w)
 *     p_cache(w) = the sum of exp(theta h_t . h_i) over those i of the window after which w came, divided by that over all i
 *
 * with h_t what the output layer reads. The text is one stream, every prediction counts, and the first, when nothing is remembered,
 * is the model's own. No weight changes. Choose theta and lambda on the validation text, and report the result beside the plain one.
 *
 * @param ids the text
 * @throws ValueError if the text is too short or an option is out of its range
 */
export async function evaluateWithCache(
  model: LanguageModel,
  ids: TokenIds,
  { theta, lambda, window = 2000, timeSize = 35, pause }: CacheOptions,
): Promise<Evaluation> {
  expect('theta', theta >= 0 && Number.isFinite(theta), 'a number from 0', theta);
  expect('lambda', lambda >= 0 && lambda < 1, 'a number from 0 to below 1', lambda);
  expect('window', Number.isSafeInteger(window) && window >= 1, 'a whole number from 1', window);
  return undisturbed(model, async () => {
    const cache = new NeuralCache(ids, { window: Math.min(window, ids.length), theta, timeSize });
    const losses = new TargetLosses();
    let total = 0;
    let t = 0;
    try {
      for (const block of oneStream('evaluateWithCache', model.backend, ids, timeSize)) {
        const modelLosses = await losses.of(model, block);
        await cache.take(model.hs);
        for (const loss of modelLosses) total += mixedLoss(loss, cache.probability(t++), lambda);
        await pause?.();
      }
    } finally {
      cache.dispose();
      losses.dispose();
    }
    return evaluationOf(total, t);
  });
}

/** -log((1 - lambda) exp(-loss) + lambda p), by logarithms, since a loss may be so large that its exp is 0. */
function mixedLoss(loss: number, p: number | undefined, lambda: number): number {
  if (p === undefined) return loss;
  const [ofModel, ofCache] = [Math.log(1 - lambda) - loss, Math.log(lambda * p)];
  const greatest = Math.max(ofModel, ofCache);
  return -greatest - Math.log(Math.exp(ofModel - greatest) + Math.exp(ofCache - greatest));
}

function expect(name: string, right: boolean, expected: string, got: number): void {
  if (!right) throw new ValueError(`evaluateWithCache: expected ${name} to be ${expected}, got ${got}`);
}
