import { CheckpointError } from './checkpoint-error.ts';

/** Limits in bytes. */
export const MAX_CONFIG_BYTES = 1_048_576;
export const MAX_VOCAB_BYTES = 268_435_456;
export const MAX_TOKENIZER_BYTES = 67_108_864;
/** 4 GiB, the longest array of bytes in Node 20. */
export const MAX_WEIGHTS_BYTES = 4_294_967_296;

export function checkSize(bytes: number, most: number, source: string): void {
  if (bytes > most) {
    throw new CheckpointError(
      `${source}: expected at most ${most} bytes, got ${bytes}. Check that it is the file you mean.`,
    );
  }
}
