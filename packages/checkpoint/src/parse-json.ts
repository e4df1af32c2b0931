import { CheckpointError } from './checkpoint-error.ts';
import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTE,
} from './json-bytes.ts';
import type { JsonValue } from './model-files.ts';

/** Whoever prints or writes a value recurses as deep as it is nested, and a byte for each level makes objects of fifty. */
const MOST_LEVELS = 100;

export function parseJson(bytes: Uint8Array, source: string): JsonValue {
  expectShallow(bytes, source);
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

/** Looks at brackets outside of strings, and leaves all else to `JSON.parse`. */
function expectShallow(bytes: Uint8Array, source: string): void {
  let level = 0;
  let isString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) isString = !isString;
    else if (isString && byte === BACKSLASH) at++;
    else if (isString) continue;
    else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) level++;
    else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) level--;
    if (level > MOST_LEVELS) {
      throw new CheckpointError(
        `${source}: is nested too deeply: expected at most ${MOST_LEVELS} levels. Restore the file, or write the model folder again.`,
      );
    }
  }
}
