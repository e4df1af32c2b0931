import { dirname, isAbsolute, join } from 'node:path';
import { CheckpointError } from '@unroll/checkpoint';
import { readFileChecked } from '@unroll/checkpoint/node';
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { UsageError } from '../exit-code.ts';
import type { Layer } from './layers.ts';
import { mapPaths } from './paths.ts';
import { settingGroups } from './settings.ts';
import { yamlProblem } from './yaml-problem.ts';

/** What a configuration file says: settings, and what concerns only `unroll train`. */
export interface ConfigFile extends Layer {
  readonly out?: string;
  readonly recipe?: string;
}

/** Far more than the paths of a run on thousands of files. */
const MOST_BYTES = 1_048_576;
/**
 * Ten times all settings with all their comments. What is nested without end takes the parser two thousand times its size, so that only
 * lines do not count that cannot be nested.
 */
const MOST_NESTABLE = 32_768;
/** Of a list of paths: `- texts/a.txt`, in quotes perhaps. */
const LIST_LINE = /^ *- ["']?[\p{L}\p{N}./\\~_](?:(?!: )[^[\]{}&*#\n])*$/gmu;

/**
 * Reads a YAML or JSON file. Paths in it are meant from the folder that it is in.
 * @throws UsageError naming the file and the line
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  return parseConfigFile(await readSmallFile(path), path);
}

/** @param path names the file in messages, and what the paths in it are relative to */
export function parseConfigFile(text: string, path: string): ConfigFile {
  checkSize(text, path);
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' } as const;
  const document = parseDocument(text, options);
  const problem = yamlProblem(document);
  const lineOf = (offset: number) => `${path}:${lines.linePos(offset).line}`;
  if (problem) throw new UsageError(`${lineOf(problem.offset)}: not YAML (or JSON): ${problem.message}`);
  const place = (names: readonly string[]): string => {
    const offset = offsetOf(document, names);
    return offset === undefined ? path : lineOf(offset);
  };
  const content = toPlain(document, path);
  if (content === null) return { origin: path, place, values: {} };
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new UsageError(
      `${path}: expected settings by name, such as "training: {epochs: 4}", got ${typeof content}`,
    );
  }
  const { $schema: _, out, recipe, ...values } = content as Record<string, unknown>;
  for (const [name, value] of Object.entries({ out, recipe })) {
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw new UsageError(`${place([name])}: ${name}: expected text, got ${JSON.stringify(value)}`);
    }
  }
  // A group of which every line is commented out is read as null.
  for (const group of Object.keys(settingGroups)) {
    if (Object.hasOwn(values, group) && values[group] === null) delete values[group];
  }
  const folder = dirname(path);
  return {
    origin: path,
    place,
    out: out === undefined ? undefined : from(folder, out as string),
    recipe: recipe as string | undefined,
    values: mapPaths(values, (path) => from(folder, path)),
  };
}

async function readSmallFile(path: string): Promise<string> {
  try {
    const bytes = await readFileChecked(path, MOST_BYTES, 'unroll init writes one.');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${path}: expected UTF-8 text; save it as UTF-8`);
    if (CheckpointError.isInstance(error)) throw new UsageError(`--config ${error.message}`);
    throw error;
  }
}

function checkSize(text: string, path: string): void {
  const mayHaveLists = text.length > MOST_NESTABLE && text.length <= MOST_BYTES;
  const size = mayHaveLists ? text.replaceAll(LIST_LINE, '').length : text.length;
  if (size > MOST_NESTABLE) {
    throw new UsageError(
      `${path}: expected a configuration of at most ${MOST_NESTABLE} characters beside lists of paths, got ${size}`,
    );
  }
}

function toPlain(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new UsageError(`${path}: not YAML (or JSON): ${error instanceof Error ? error.message : error}`);
  }
}

/** Where the key of a setting stands; of one that is not there, where its group does. */
function offsetOf(document: Document, names: readonly string[]): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const name of names) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (!pair) break;
    if (isScalar(pair.key)) offset = pair.key.range?.[0];
    node = pair.value;
  }
  return offset;
}

const from = (folder: string, path: string): string =>
  path === '-' || isAbsolute(path) ? path : join(folder, path);
