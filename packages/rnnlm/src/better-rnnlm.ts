import { TimeAffine, TimeDropout, TimeEmbedding, TimeLSTM } from '@unroll/layers';
import { transposed, ValueError } from '@unroll/tensor';
import { checkRatio, checkSizes, InitialWeights } from './initial-weights.ts';
import { LanguageModel, type ModelOptions } from './language-model.ts';

/**
 * The book's better model: two LSTMs, dropout around each, and an output that is tied to the embedding. Book section 6.5; Zaremba et al.
 * 2014 (arXiv:1409.2329), Press and Wolf 2017 (arXiv:1608.05859).
 */
export class BetterRnnlm extends LanguageModel {
  constructor({
    vocabSize = 10000,
    wordvecSize = 650,
    hiddenSize = 650,
    dropout = 0.5,
    ...options
  }: ModelOptions & { dropout?: number }) {
    const config = { model: 'better-rnnlm', vocabSize, wordvecSize, hiddenSize, dropout };
    checkSizes('BetterRnnlm', { vocabSize, wordvecSize, hiddenSize });
    const [V, D, H] = [vocabSize, wordvecSize, hiddenSize];
    if (D !== H) {
      throw new ValueError(
        `BetterRnnlm: expected wordvecSize to be hiddenSize, since the output is tied to the embedding, got ${D} and ${H}`,
      );
    }

    checkRatio('BetterRnnlm', 'dropout', dropout);

    const weights = new InitialWeights(options);
    const embedW = weights.normal('embed.W', [V, D], 1 / 100);
    const lstm1Wx = weights.normal('lstm1.Wx', [D, 4 * H], 1 / Math.sqrt(D));
    const lstm1Wh = weights.normal('lstm1.Wh', [H, 4 * H], 1 / Math.sqrt(H));
    const lstm1b = weights.zeros('lstm1.b', [4 * H]);
    const lstm2Wx = weights.normal('lstm2.Wx', [H, 4 * H], 1 / Math.sqrt(H));
    const lstm2Wh = weights.normal('lstm2.Wh', [H, 4 * H], 1 / Math.sqrt(H));
    const lstm2b = weights.zeros('lstm2.b', [4 * H]);
    const affineb = weights.zeros('affine.b', [V]);

    const layers = {
      embed: new TimeEmbedding(embedW), // ids (N, T) to (N, T, D)
      dropout0: new TimeDropout(dropout, { seed: weights.maskSeed() }),
      lstm1: new TimeLSTM(lstm1Wx, lstm1Wh, lstm1b, { stateful: true }), // to (N, T, H)
      dropout1: new TimeDropout(dropout, { seed: weights.maskSeed() }),
      lstm2: new TimeLSTM(lstm2Wx, lstm2Wh, lstm2b, { stateful: true }), // to (N, T, H)
      dropout2: new TimeDropout(dropout, { seed: weights.maskSeed() }),
      affine: new TimeAffine(transposed(embedW), affineb), // to scores (N, T, V)
    };
    super({ config, weights, layers });
  }
}
