import { TimeAffine, TimeEmbedding, TimeLSTM } from '@unroll/layers';
import { TimeSoftmaxWithLoss } from '@unroll/losses';
import { type Backend, Memory, type Parameter, type Tensor, transposed } from '@unroll/tensor';

/** The book's second model without dropout, as large as needed to time it: two LSTMs, its output tied to the embedding. Book section 6.5. */
export class BetterRnnlm {
  readonly params: readonly Parameter[];
  readonly embed: TimeEmbedding;
  readonly lstm1: TimeLSTM;
  readonly lstm2: TimeLSTM;
  readonly affine: TimeAffine;
  readonly loss: TimeSoftmaxWithLoss = new TimeSoftmaxWithLoss({ inPlace: true });

  readonly #memory = new Memory();

  constructor(backend: Backend, weights: ReadonlyMap<string, Tensor>) {
    const parameter = (name: string) => {
      const value = weights.get(name);
      if (!value || value.backend !== backend) throw new Error(`BetterRnnlm: ${name} is missing`);
      return this.#memory.parameter(name, this.#memory.own(value));
    };
    const embedW = parameter('embed.W');
    const lstm = (name: string) =>
      new TimeLSTM(parameter(`${name}.Wx`), parameter(`${name}.Wh`), parameter(`${name}.b`), {
        stateful: true,
      });
    this.embed = new TimeEmbedding(embedW);
    this.lstm1 = lstm('lstm1');
    this.lstm2 = lstm('lstm2');
    this.affine = new TimeAffine(transposed(embedW), parameter('affine.b'));
    this.params = [embedW, ...this.lstm1.params, ...this.lstm2.params, this.affine.b];
  }

  dispose(): void {
    for (const owner of [this.embed, this.lstm1, this.lstm2, this.affine, this.loss, this.#memory])
      owner.dispose();
  }
}
