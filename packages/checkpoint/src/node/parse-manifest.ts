import { damaged } from '../damaged.ts';
import type { JsonValue } from '../model-files.ts';
import { parseJson } from '../parse-json.ts';
import { quote } from '../quote.ts';

/** Of a snapshot and of its files: never the way out of the folder. */
export const plainName: RegExp = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,99}$/;

/**
 * Size and sha256 of each file of a snapshot, by name.
 * @throws CheckpointError for anything else
 */
export function parseManifest(
  bytes: Uint8Array,
  source: string,
): Map<string, { readonly bytes: number; readonly sha256: string }> {
  const manifest = parseJson(bytes, source);
  const files = isObject(manifest) ? manifest.files : undefined;
  if (!isObject(files)) throw damaged(source, 'expected an object of files');
  const listed = new Map<string, { bytes: number; sha256: string }>();
  for (const [name, entry] of Object.entries(files)) {
    if (!plainName.test(name)) throw damaged(source, `expected plain names of files, got ${quote(name)}`);
    const { bytes, sha256 } = isObject(entry) ? entry : {};
    const isSize = typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0;
    if (!isSize || typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
      throw damaged(source, `expected a size and a sha256 for ${quote(name)}`);
    }
    listed.set(name, { bytes, sha256 });
  }
  return listed;
}

function isObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
