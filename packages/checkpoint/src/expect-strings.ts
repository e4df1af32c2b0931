import { CheckpointError } from './checkpoint-error.ts';
import { BACKSLASH, CLOSING_BRACKET, COMMA, OPENING_BRACKET, QUOTE } from './json-bytes.ts';

/**
 * Looks through bytes of JSON for anything else than one array of strings, and makes nothing of them: `JSON.parse` would make
 * objects of fifty bytes for two bytes of a hostile file. What is in the strings is left to it.
 *
 * @param most strings
 */
export function expectStrings(bytes: Uint8Array, most: number, source: string): void {
  const afterMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let at = afterSpace(bytes, afterMark);
  if (bytes[at] !== OPENING_BRACKET) {
    throw new CheckpointError(`${source}: expected an array of tokens. Write the model folder again.`);
  }
  at = afterSpace(bytes, at + 1);
  let count = 0;
  for (let isFirst = true; bytes[at] !== CLOSING_BRACKET || !isFirst; isFirst = false) {
    if (bytes[at] !== QUOTE) throw noString(bytes, at, count, source);
    at = afterSpace(bytes, afterString(bytes, at));
    count++;
    if (bytes[at] === CLOSING_BRACKET) break;
    if (bytes[at] !== COMMA) throw noJson(bytes, at, source);
    at = afterSpace(bytes, at + 1);
  }
  at = afterSpace(bytes, at + 1);
  if (at < bytes.length) throw noJson(bytes, at, source);
  if (count > most) {
    throw new CheckpointError(
      `${source}: expected at most ${most} tokens, got ${count}. Use a smaller vocabulary.`,
    );
  }
}

function afterSpace(bytes: Uint8Array, at: number): number {
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}

function afterString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function noString(bytes: Uint8Array, at: number, index: number, source: string): CheckpointError {
  const kind = kindAt(bytes, at);
  if (kind === undefined) return noJson(bytes, at, source);
  return new CheckpointError(
    `${source}: expected every token to be a string, got ${kind} at index ${index}. Write the model folder again.`,
  );
}

/** What kind of value begins here; undefined if none does. */
function kindAt(bytes: Uint8Array, at: number): string | undefined {
  const character = at < bytes.length ? String.fromCharCode(bytes[at]) : '';
  if (/[-0-9]/.test(character)) return 'number';
  if (/[tf]/.test(character)) return 'boolean';
  return /[n[{]/.test(character) ? 'object' : undefined;
}

function noJson(bytes: Uint8Array, at: number, source: string): CheckpointError {
  const where = at < bytes.length ? `at byte ${at}` : 'it ends too early';
  return new CheckpointError(
    `${source}: expected JSON in UTF-8 (${where}). Restore the file, or write the model folder again.`,
  );
}
