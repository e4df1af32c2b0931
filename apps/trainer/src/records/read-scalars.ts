import { CheckpointError, parseJson } from '@unroll/checkpoint';
import { readFileChecked } from '@unroll/checkpoint/node';
import { parse } from 'yaml';
import { DataError } from '../exit-code.ts';
import type { Scalar } from './run.ts';

/** A file of settings is far smaller; looked at before it is read. */
const MOST_BYTES = 1_048_576;
/** The parser of YAML needs up to two thousand times as much. */
const MOST_YAML_BYTES = 32_768;
const MOST_VALUES = 500;
const DEEPEST = 6;
const LONGEST = 300;

/**
 * The values in a YAML or JSON file by path: `training.batchSize`; a list as one text. Empty if there is no file. It is for
 * showing: what is longer, deeper or more than anybody would read is left out.
 * @throws DataError if it is no YAML
 */
export async function readScalars(path: string): Promise<Map<string, Scalar>> {
  const found = new Map<string, Scalar>();
  const content = await readSmall(path);
  if (content === undefined) return found;
  const gather = (value: unknown, name: string, depth: number): void => {
    if (value === null || value === undefined || found.size >= MOST_VALUES || depth > DEEPEST) return;
    if (Array.isArray(value)) {
      found.set(name, shorten(value.map((item) => (isScalar(item) ? item : '…')).join(', ')));
    } else if (typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        gather(inner, name === '' ? shorten(key) : `${name}.${shorten(key)}`, depth + 1);
      }
    } else if (isScalar(value)) found.set(name, typeof value === 'string' ? shorten(value) : value);
  };
  gather(content, '', 0);
  return found;
}

async function readSmall(path: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return parseJson(await readFileChecked(path, MOST_BYTES, ''), path);
    const bytes = await readFileChecked(path, MOST_BYTES, '');
    // A run on hundreds of files has such settings; `run.json` says the same, for a parser that bears more.
    if (bytes.length > MOST_YAML_BYTES) return undefined;
    // No aliases: a few lines could stand for gigabytes.
    return parse(new TextDecoder().decode(bytes), { maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    if (CheckpointError.isInstance(error)) {
      if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
      throw new DataError(error.message, { cause: error });
    }
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new DataError(`${path}: expected YAML or JSON (${why})`, { cause: error });
  }
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
