import { TimeAffine, TimeEmbedding } from '@unroll/layers';
import { TimeSoftmaxWithLoss } from '@unroll/losses';
import { parameter, Random, ReferenceBackend, randn, tensor, transposed, zeros } from '@unroll/tensor';
import type { SeenTensor } from '../watched.ts';

export interface TiedWeights {
  /** `(V, D)`: what words are read with. */
  readonly embedding: SeenTensor;
  /** `(D, V)`: what they are scored with, the same numbers. */
  readonly output: SeenTensor;
  /** What each use adds to the gradient, and the sum. */
  readonly fromOutput: SeenTensor;
  readonly fromEmbedding: SeenTensor;
  readonly together: SeenTensor;
}

const [V, D] = [5, 3];

/** One step of a model that reads word `word`, expects `next`, and scores with the vectors that it reads with. */
export async function tiedWeights(
  word: number,
  next: number,
  /** Numbers of the table that a reader put in the place of others, by their place. */
  changed: Readonly<Record<number, number>> = {},
): Promise<TiedWeights> {
  const backend = new ReferenceBackend();
  const table = randn(backend, [V, D], new Random(8), 0.7);
  const values = await table.read();
  for (const [index, value] of Object.entries(changed)) values[Number(index)] = value;
  table.write(values);
  const W = parameter('embed.W', table);
  const embed = new TimeEmbedding(W);
  const affine = new TimeAffine(transposed(W), zeros(backend, [V]));
  const loss = new TimeSoftmaxWithLoss();
  const ids = (id: number) => tensor(backend, [id], [1, 1], 'i32');
  const see = async (x: typeof table): Promise<SeenTensor> => ({
    shape: x.shape,
    values: [...(await x.read())],
  });

  loss.forward(affine.forward(embed.forward(ids(word))), ids(next));
  const dvectors = affine.backward(loss.backward());
  const fromOutput = await see(W.grad);
  embed.backward(dvectors);
  const together = await see(W.grad);
  const fromEmbedding = {
    shape: together.shape,
    values: together.values.map((value, i) => value - fromOutput.values[i]),
  };
  return { embedding: await see(table), output: await see(table.T), fromOutput, fromEmbedding, together };
}
