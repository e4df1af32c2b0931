import { checkSize, MAX_CONFIG_BYTES } from './check-size.ts';
import { CheckpointError } from './checkpoint-error.ts';
import type { JsonObject, JsonValue } from './model-files.ts';
import { parseJson } from './parse-json.ts';

/**
 * Reads a `config.json` of at most 1 MB. What it must hold is for the model to check.
 *
 * @throws CheckpointError for anything else than a JSON object
 */
export function parseConfig(bytes: Uint8Array, source = 'config.json'): JsonObject {
  checkSize(bytes.length, MAX_CONFIG_BYTES, source);
  const config = parseJson(bytes, source);
  if (isObject(config)) return config;
  throw new CheckpointError(
    `${source}: expected a JSON object, got ${kind(config)}. Write the model folder again.`,
  );
}

const isObject = (value: JsonValue): value is JsonObject => kind(value) === 'object';

function kind(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
