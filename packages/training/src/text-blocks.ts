import { type Backend, Memory, ValueError } from '@unroll/tensor';
import { BpttBatches, type TokenIds } from '@unroll/text';
import { type Block, BlockReader } from './block-reader.ts';

/** The blocks of one reading by the book's protocol: N streams, T steps at a time, what is left of the text dropped. Each is lent. */
export function* streamsSideBySide(backend: Backend, ids: TokenIds, N: number, T: number): Generator<Block> {
  const batches = new BpttBatches(ids, { batchSize: N, timeSize: T });
  const reader = new BlockReader(backend, batches);
  try {
    for (let i = 0; i < batches.stepsPerEpoch; i++) yield reader.next();
  } finally {
    reader.dispose();
  }
}

/**
 * The blocks of a text as one stream, every prediction among them: T steps at a time, the last block perhaps shorter. Each is lent.
 *
 * @param operation for messages
 */
export function* oneStream(operation: string, backend: Backend, ids: TokenIds, T: number): Generator<Block> {
  if (ids.length < 2) {
    throw new ValueError(`${operation}: expected a text of two tokens or more, got ${ids.length}`);
  }
  if (!Number.isSafeInteger(T) || T < 1) {
    throw new ValueError(`${operation}: expected timeSize to be a whole number from 1, got ${T}`);
  }
  const memory = new Memory();
  try {
    for (let start = 0; start < ids.length - 1; start += T) {
      const end = Math.min(start + T, ids.length - 1);
      const xs = memory.take('xs', backend, [1, end - start], 'i32');
      const ts = memory.take('ts', backend, [1, end - start], 'i32');
      xs.write(ids.subarray(start, end));
      ts.write(ids.subarray(start + 1, end + 1));
      yield { xs, ts };
    }
  } finally {
    memory.dispose();
  }
}
