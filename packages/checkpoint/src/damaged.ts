import { CheckpointError } from './checkpoint-error.ts';

/** The error for bytes that break the safetensors format. */
export function damaged(source: string, detail: string, options?: ErrorOptions): CheckpointError {
  return new CheckpointError(
    `${source}: ${detail}. The file is damaged or not a safetensors file: copy, download or write it again.`,
    options,
  );
}
