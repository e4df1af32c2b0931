import type { TokenIds } from '@unroll/text';
import type { EvaluateOptions } from '@unroll/training';

/** The book's protocol (batch 10, time 35) where the text is long enough for it, else every prediction; undefined if there is none. */
export function protocolFor(ids: TokenIds): EvaluateOptions | undefined {
  if (ids.length > 10 * 35) return { batchSize: 10, timeSize: 35 };
  return ids.length >= 2 ? { exact: true } : undefined;
}

export function describeProtocol({ exact, batchSize, timeSize }: EvaluateOptions): string {
  return exact ? 'every prediction counted' : `batch ${batchSize}, time ${timeSize}, the tail dropped`;
}
