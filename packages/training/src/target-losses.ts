import type { LanguageModel } from '@unroll/rnnlm';
import { Memory, type TypedArray } from '@unroll/tensor';
import type { Block } from './block-reader.ts';

/** What a model's loss is the mean of: -log p of each target by itself, without reading the scores of all tokens back. */
export class TargetLosses {
  readonly #memory = new Memory();

  /** Of a block `(1, T)`, which the model reads: T losses in nats. */
  of(model: LanguageModel, { xs, ts }: Block): Promise<TypedArray> {
    const { backend } = model;
    const scores = model.predict(xs); // (1, T, V)
    const { dtype, shape } = scores;
    const T = shape[1];
    const losses = this.#memory.take('losses', backend, [1, T], dtype);
    const count = this.#memory.take('count', backend, [1], dtype);
    const normalizers = this.#memory.take('normalizers', backend, [1, 2], dtype);
    const none = -1;
    for (let t = 0; t < T; t++) {
      backend.softmaxCrossEntropy(losses.at(t), count, normalizers, scores.at(t), ts.at(t), none);
    }
    return losses.read();
  }

  dispose(): void {
    this.#memory.dispose();
  }
}
