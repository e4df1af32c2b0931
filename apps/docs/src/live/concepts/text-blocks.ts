import { BpttBatches } from '@unroll/text';
import type { SeenTensor } from '../watched.ts';

export interface TextBlocksOptions {
  /** Of the text, in tokens. */
  readonly length: number;
  readonly batchSize: number;
  readonly timeSize: number;
  /** Which block, counted from 0. */
  readonly block: number;
}

export interface TextBlock {
  /** `(N, T)`: what `next` has put into its two arrays. */
  readonly xs: SeenTensor;
  readonly ts: SeenTensor;
  readonly stepsPerEpoch: number;
  /** After the block. */
  readonly position: number;
}

/**
 * A block of a text whose ids are 0, 1, 2 …, so that each says where in the text it stands.
 * @throws TextError if the text does not fill one block
 */
export function textBlock({ length, batchSize, timeSize, block }: TextBlocksOptions): TextBlock {
  const ids = Int32Array.from({ length }, (_, i) => i);
  const batches = new BpttBatches(ids, { batchSize, timeSize });
  const [xs, ts] = [new Int32Array(batchSize * timeSize), new Int32Array(batchSize * timeSize)];
  for (let i = 0; i <= block; i++) batches.next(xs, ts);
  const seen = (values: Int32Array): SeenTensor => ({ shape: [batchSize, timeSize], values: [...values] });
  return { xs: seen(xs), ts: seen(ts), stepsPerEpoch: batches.stepsPerEpoch, position: batches.position };
}
