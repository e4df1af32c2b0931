import { CheckpointError } from './checkpoint-error.ts';
import type { JsonValue } from './model-files.ts';

/** Of bytes that were looked at before: `JSON.parse` makes objects of a hundred bytes for three bytes. */
export function decodeJson(bytes: Uint8Array, source: string): JsonValue {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const detail = cause instanceof Error ? ` (${cause.message})` : '';
    throw new CheckpointError(
      `${source}: expected JSON in UTF-8${detail}. Restore the file, or write the model folder again.`,
      { cause },
    );
  }
}
