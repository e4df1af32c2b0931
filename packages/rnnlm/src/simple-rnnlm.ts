import { TimeAffine, TimeEmbedding, TimeRNN } from '@unroll/layers';
import { checkSizes, InitialWeights } from './initial-weights.ts';
import { LanguageModel, type ModelOptions } from './language-model.ts';

/** A language model on a tanh RNN: embedding, RNN, affine, softmax. Book section 5.5. */
export class SimpleRnnlm extends LanguageModel {
  constructor({ vocabSize = 10000, wordvecSize = 100, hiddenSize = 100, ...options }: ModelOptions) {
    const config = { model: 'simple-rnnlm', vocabSize, wordvecSize, hiddenSize };
    checkSizes('SimpleRnnlm', { vocabSize, wordvecSize, hiddenSize });
    const [V, D, H] = [vocabSize, wordvecSize, hiddenSize];

    const weights = new InitialWeights(options);
    const embedW = weights.normal('embed.W', [V, D], 1 / 100);
    const rnnWx = weights.normal('rnn.Wx', [D, H], 1 / Math.sqrt(D));
    const rnnWh = weights.normal('rnn.Wh', [H, H], 1 / Math.sqrt(H));
    const rnnb = weights.zeros('rnn.b', [H]);
    const affineW = weights.normal('affine.W', [H, V], 1 / Math.sqrt(H));
    const affineb = weights.zeros('affine.b', [V]);

    const layers = {
      embed: new TimeEmbedding(embedW), // ids (N, T) to (N, T, D)
      rnn: new TimeRNN(rnnWx, rnnWh, rnnb, { stateful: true }), // to (N, T, H)
      affine: new TimeAffine(affineW, affineb), // to scores (N, T, V)
    };
    super({ config, weights, layers });
  }
}
