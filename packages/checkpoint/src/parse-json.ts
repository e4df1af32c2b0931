import { CheckpointError } from './checkpoint-error.ts';
import { decodeJson } from './decode-json.ts';
import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  COMMA,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTE,
} from './json-bytes.ts';
import type { JsonValue } from './model-files.ts';

/** Whoever prints or writes a value recurses as deep as it is nested. */
const MOST_LEVELS = 100;
/** A file of the largest tokenizers that there are has as many values; a hostile one of that size could have ten times as many. */
const MOST_VALUES = 4_000_000;
/** `[]`, `{}` and a key take as much memory as several numbers. */
const [VALUES_OF_A_BRACKET, VALUES_OF_A_KEY] = [4, 2];

/**
 * The value in a JSON file of unknown origin.
 * @param source names the file in messages
 * @throws CheckpointError for what is no JSON, is nested deeply, or has more values than any file that is meant well
 */
export function parseJson(bytes: Uint8Array, source: string): JsonValue {
  expectModest(bytes, source);
  return decodeJson(bytes, source);
}

/** Looks at brackets, commas and colons outside of strings, before anything is made of them, and leaves all else to `JSON.parse`. */
function expectModest(bytes: Uint8Array, source: string): void {
  const refuse = (detail: string): CheckpointError =>
    new CheckpointError(`${source}: ${detail}. Restore the file, or write the model folder again.`);
  let [level, values, isString] = [0, 0, false];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) isString = !isString;
    else if (isString && byte === BACKSLASH) at++;
    else if (isString) continue;
    else if (byte === COMMA) values++;
    else if (byte === COLON) values += VALUES_OF_A_KEY;
    else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) level--;
    else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) {
      values += VALUES_OF_A_BRACKET;
      level++;
    }
    if (level > MOST_LEVELS) throw refuse(`is nested too deeply: expected at most ${MOST_LEVELS} levels`);
    if (values > MOST_VALUES) throw refuse(`expected at most ${MOST_VALUES} values`);
  }
}
