import { TimeAffine, TimeEmbedding, TimeLSTM } from '@unroll/layers';
import { checkSizes, InitialWeights } from './initial-weights.ts';
import { LanguageModel, type ModelOptions } from './language-model.ts';

/** An LSTM language model: embedding, LSTM, affine, softmax. Book section 6.4. */
export class Rnnlm extends LanguageModel {
  constructor({ vocabSize = 10000, wordvecSize = 100, hiddenSize = 100, ...options }: ModelOptions) {
    const config = { model: 'rnnlm', vocabSize, wordvecSize, hiddenSize };
    checkSizes('Rnnlm', { vocabSize, wordvecSize, hiddenSize });
    const [V, D, H] = [vocabSize, wordvecSize, hiddenSize];

    const weights = new InitialWeights(options);
    const embedW = weights.normal('embed.W', [V, D], 1 / 100);
    const lstmWx = weights.normal('lstm.Wx', [D, 4 * H], 1 / Math.sqrt(D));
    const lstmWh = weights.normal('lstm.Wh', [H, 4 * H], 1 / Math.sqrt(H));
    const lstmb = weights.zeros('lstm.b', [4 * H]);
    const affineW = weights.normal('affine.W', [H, V], 1 / Math.sqrt(H));
    const affineb = weights.zeros('affine.b', [V]);

    const layers = {
      embed: new TimeEmbedding(embedW), // ids (N, T) to (N, T, D)
      lstm: new TimeLSTM(lstmWx, lstmWh, lstmb, { stateful: true }), // to (N, T, H)
      affine: new TimeAffine(affineW, affineb), // to scores (N, T, V)
    };
    super({ config, weights, layers });
  }
}
