import { CheckpointError } from './checkpoint-error.ts';
import type { JsonValue } from './model-files.ts';

export function parseJson(bytes: Uint8Array, source: string): JsonValue {
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
