import { perplexity } from '@unroll/losses';
import type { LanguageModel } from '@unroll/rnnlm';
import { type Tensor, ValueError, zeros } from '@unroll/tensor';
import { BpttBatches, type TokenIds } from '@unroll/text';

export interface EvaluateOptions {
  /** N, of the book's protocol. */
  batchSize?: number;
  /** T */
  timeSize?: number;
  /** Count every prediction, in one stream; otherwise the book's protocol, which drops a tail shorter than one batch. */
  exact?: boolean;
  /** Awaited between blocks, so that an application stays responsive. */
  pause?: () => Promise<void>;
}

export interface Evaluation {
  /** Mean over the predictions, in nats. */
  readonly loss: number;
  readonly perplexity: number;
  readonly predictions: number;
}

/**
 * How well a model predicts a text: by the protocol of the book's `eval_perplexity` (ten streams side by side, 35 steps at
 * a time), or exactly. It begins with a state of zeros; the state that the model carried before is restored.
 *
 * @param ids the text
 * @throws TextError or ValueError if the text is too short
 */
export async function evaluate(
  model: LanguageModel,
  ids: TokenIds,
  { batchSize = 10, timeSize = 35, exact = false, pause }: EvaluateOptions = {},
): Promise<Evaluation> {
  const blocks = exact ? everyPrediction(ids, timeSize) : booksBlocks(ids, batchSize, timeSize);
  const carried = await model.getState();
  model.resetState();
  let inputs: Inputs | undefined;
  let total = 0;
  let predictions = 0;
  try {
    for (const { xs, ts, shape } of blocks) {
      if (inputs?.xs.size !== xs.length) {
        dispose(inputs);
        inputs = { xs: zeros(model.backend, shape, 'i32'), ts: zeros(model.backend, shape, 'i32') };
      }
      inputs.xs.write(xs);
      inputs.ts.write(ts);
      total += (await model.forward(inputs.xs, inputs.ts).item()) * xs.length;
      predictions += xs.length;
      await pause?.();
    }
  } finally {
    dispose(inputs);
    model.setState(carried);
  }
  const loss = total / predictions;
  return { loss, perplexity: perplexity(loss), predictions };
}

interface Inputs {
  readonly xs: Tensor;
  readonly ts: Tensor;
}

function dispose(inputs: Inputs | undefined): void {
  inputs?.xs.dispose();
  inputs?.ts.dispose();
}

interface Block {
  xs: TokenIds;
  ts: TokenIds;
  shape: readonly [N: number, T: number];
}

function* booksBlocks(ids: TokenIds, N: number, T: number): Generator<Block> {
  const batches = new BpttBatches(ids, { batchSize: N, timeSize: T });
  const [xs, ts] = [new Int32Array(N * T), new Int32Array(N * T)];
  for (let i = 0; i < batches.stepsPerEpoch; i++) {
    batches.next(xs, ts);
    yield { xs, ts, shape: [N, T] };
  }
}

function* everyPrediction(ids: TokenIds, T: number): Generator<Block> {
  if (ids.length < 2) {
    throw new ValueError(`evaluate: expected a text of two tokens or more, got ${ids.length}`);
  }
  for (let start = 0; start < ids.length - 1; start += T) {
    const end = Math.min(start + T, ids.length - 1);
    yield { xs: ids.subarray(start, end), ts: ids.subarray(start + 1, end + 1), shape: [1, end - start] };
  }
}
