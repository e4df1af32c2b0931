import { BpttBatches } from '@unroll/text';

/** Where one block lies in a text. */
export interface BlockPlace {
  /** For each stream, the place of each of its tokens in the text. */
  readonly streams: readonly (readonly number[])[];
  /** Do they go on where the block before ended? */
  readonly continues: boolean;
}

/** Which characters of a text each block of truncated backpropagation reads. */
export function blocksOf(text: string, batchSize: number, timeSize: number, count: number): BlockPlace[] {
  const places = Int32Array.from({ length: text.length }, (_, i) => i); // ids that tell where they stand
  const batches = new BpttBatches(places, { batchSize, timeSize });
  const [xs, ts] = [new Int32Array(batchSize * timeSize), new Int32Array(batchSize * timeSize)];
  return Array.from({ length: count }, () => {
    const { continues } = batches;
    batches.next(xs, ts);
    const streams = Array.from({ length: batchSize }, (_, n) => [
      ...xs.subarray(n * timeSize, (n + 1) * timeSize),
    ]);
    return { streams, continues };
  });
}
