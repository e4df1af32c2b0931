import { TimeAffine, TimeEmbedding, TimeRNN } from '@unroll/layers';
import { TimeSoftmaxWithLoss } from '@unroll/losses';
import { type Backend, Memory, type Parameter, type Tensor } from '@unroll/tensor';
import type { LanguageModel, ModelConfig, ModelOptions, ModelState } from './language-model.ts';
import { copyState, pasteState } from './model-state.ts';
import { checkSizes, InitialWeights } from './weights.ts';

/** A language model on a tanh RNN: embedding, RNN, affine, softmax. Book section 5.5. */
export class SimpleRnnlm implements LanguageModel {
  readonly backend: Backend;
  readonly config: ModelConfig;
  readonly params: readonly Parameter[];
  readonly grads: readonly Tensor[];
  readonly embed: TimeEmbedding;
  readonly rnn: TimeRNN;
  readonly affine: TimeAffine;
  readonly loss: TimeSoftmaxWithLoss;
  readonly #memory = new Memory();

  constructor({
    backend,
    vocabSize = 10000,
    wordvecSize = 100,
    hiddenSize = 100,
    seed = 0,
    dtype = 'f32',
  }: ModelOptions) {
    checkSizes('SimpleRnnlm', { vocabSize, wordvecSize, hiddenSize });
    const [V, D, H] = [vocabSize, wordvecSize, hiddenSize];
    this.backend = backend;
    this.config = { model: 'simple-rnnlm', vocabSize, wordvecSize, hiddenSize };

    const weights = new InitialWeights(this.#memory, backend, dtype, seed);
    const embedW = weights.normal('embed.W', [V, D], 1 / 100);
    const rnnWx = weights.normal('rnn.Wx', [D, H], 1 / Math.sqrt(D));
    const rnnWh = weights.normal('rnn.Wh', [H, H], 1 / Math.sqrt(H));
    const rnnb = weights.zeros('rnn.b', [H]);
    const affineW = weights.normal('affine.W', [H, V], 1 / Math.sqrt(H));
    const affineb = weights.zeros('affine.b', [V]);

    this.embed = new TimeEmbedding(embedW);
    this.rnn = new TimeRNN(rnnWx, rnnWh, rnnb, { stateful: true });
    this.affine = new TimeAffine(affineW, affineb);
    this.loss = new TimeSoftmaxWithLoss({ inPlace: true });
    this.params = [...this.embed.params, ...this.rnn.params, ...this.affine.params];
    this.grads = this.params.map(({ grad }) => grad);
  }

  /** ids xs `(N, T)` to scores `(N, T, V)`, lent until the next call, backward included */
  predict(xs: Tensor): Tensor {
    const wordvecs = this.embed.forward(xs); // (N, T, D)
    const hs = this.rnn.forward(wordvecs); // (N, T, H)
    return this.affine.forward(hs); // (N, T, V)
  }

  /** ids xs and the ids that follow, ts, both `(N, T)`, to the mean loss `(1)` in nats */
  forward(xs: Tensor, ts: Tensor): Tensor {
    return this.loss.forward(this.predict(xs), ts);
  }

  /** Adds to the gradients of all parameters. */
  backward(dout = 1): void {
    const dscores = this.loss.backward(dout); // (N, T, V)
    const dhs = this.affine.backward(dscores); // (N, T, H)
    const dwordvecs = this.rnn.backward(dhs); // (N, T, D)
    this.embed.backward(dwordvecs);
  }

  /** Begins the next block with zeros. */
  resetState(): void {
    this.rnn.resetState();
  }

  /** A copy of the h that the next block would begin with. */
  getState(): Promise<ModelState> {
    return copyState('rnn', this.rnn.getState());
  }

  /**
   * Begins the next block with this state.
   * @throws StateError or ShapeError if it is the state of another model
   */
  setState(state: ModelState): void {
    if (state.size === 0) this.resetState();
    else pasteState(state, ['rnn.h'], this.rnn.Wh.value, (h) => this.rnn.setState(h));
  }

  get bytes(): number {
    const parts = [this.embed, this.rnn, this.affine, this.loss];
    return parts.reduce((sum, { bytes }) => sum + bytes, this.#memory.bytes);
  }

  dispose(): void {
    for (const part of [this.embed, this.rnn, this.affine, this.loss]) part.dispose();
    this.#memory.dispose();
  }
}
