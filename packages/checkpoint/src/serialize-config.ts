import { checkSize, MAX_CONFIG_BYTES } from './check-size.ts';
import { CheckpointError } from './checkpoint-error.ts';
import type { JsonObject } from './model-files.ts';

/**
 * `config` as the bytes of a `config.json`.
 *
 * @throws CheckpointError for a number that JSON does not have (it would come back as null) and above 1 MB
 */
export function serializeConfig(config: JsonObject): Uint8Array {
  const text = JSON.stringify(
    config,
    (key, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) {
        throw new CheckpointError(
          `config.json: JSON cannot hold "${key}": ${value}. Leave it out or use a string.`,
        );
      }
      return value;
    },
    2,
  );
  const bytes = new TextEncoder().encode(`${text}\n`);
  checkSize(bytes.length, MAX_CONFIG_BYTES, 'config.json');
  return bytes;
}
