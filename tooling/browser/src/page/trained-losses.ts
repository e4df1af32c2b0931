import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Rnnlm } from '@unroll/rnnlm';
import { type Backend, Memory, Random, zeros } from '@unroll/tensor';

/** Batch, time, vocabulary, and the size of both word vectors and state. */
export interface Sizes {
  readonly N: number;
  readonly T: number;
  readonly V: number;
  readonly H: number;
}

/** The loss before each of ten steps of training, on random ids, the same for every backend. */
export async function trainedLosses(backend: Backend, { N, T, V, H }: Sizes): Promise<readonly number[]> {
  const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: H, hiddenSize: H, seed: 4 });
  const random = new Random(2);
  const [xs, ts] = [0, 1].map(() => zeros(backend, [N, T], 'i32'));
  const optimizer = new SGD({ lr: 5 });
  const memory = new Memory();
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) {
    for (const ids of [xs, ts]) ids.write(Int32Array.from({ length: N * T }, () => random.integer(V)));
    zeroGrads(model.params);
    losses.push(await model.forward(xs, ts).item());
    model.backward();
    clipGrads(model.params, 0.25, memory);
    optimizer.update(model.params);
  }
  return losses;
}
