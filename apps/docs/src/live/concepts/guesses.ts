import { perplexity, SoftmaxWithLoss } from '@unroll/losses';
import { ReferenceBackend, tensor } from '@unroll/tensor';

export interface Guess {
  /** Of each word. */
  readonly probabilities: readonly number[];
  /** In nats, of the word that came. */
  readonly loss: number;
  readonly perplexity: number;
}

/** What scores of words are worth if this word comes. */
export async function guess(scores: readonly number[], label: number): Promise<Guess> {
  const backend = new ReferenceBackend();
  const layer = new SoftmaxWithLoss();
  const row = tensor(backend, scores, [1, scores.length], 'f64');
  const loss = await layer.forward(row, tensor(backend, [label], [1], 'i32')).item();
  // The gradient is p - one hot, which makes it an easy place to read p from.
  const probabilities = [...(await layer.backward().read())].map((d, i) => (i === label ? d + 1 : d));
  return { probabilities, loss, perplexity: perplexity(loss) };
}
