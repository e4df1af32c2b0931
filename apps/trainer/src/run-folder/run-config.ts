import { CheckpointError, type JsonObject, parseConfig, serializeConfig } from '@unroll/checkpoint';
import { readFileChecked } from '@unroll/checkpoint/node';
import { UsageError } from '../exit-code.ts';
import { resolveSettings } from '../settings/layers.ts';
import type { Settings } from '../settings/settings.ts';

/** What a run was begun with, and so what it goes on with. */
export interface RunConfig {
  readonly settings: Settings;
  /** Of tokens and vocabulary: a run only goes on with the same text. */
  readonly dataSha256: string;
}

/** Of the file's form. */
const VERSION = 2;

/** A file of settings is far smaller; looked at before it is read. */
const MOST_BYTES = 1_048_576;

export function serializeRunConfig({ settings, dataSha256 }: RunConfig): Uint8Array {
  return serializeConfig({ version: VERSION, dataSha256, settings } as unknown as JsonObject);
}

/** @throws CheckpointError if the file cannot be read, or is not as a run wrote it */
export async function readRunConfig(path: string): Promise<RunConfig> {
  return parseRunConfig(await readFileChecked(path, MOST_BYTES, 'Is it the folder of a run?'), path);
}

/** @throws CheckpointError naming what is not as a run wrote it */
export function parseRunConfig(bytes: Uint8Array, path: string): RunConfig {
  const { version, dataSha256, settings } = parseConfig(bytes, path);
  if (version !== VERSION) {
    const isNewer = typeof version === 'number' && version > VERSION;
    throw new CheckpointError(
      `${path}: expected version ${VERSION}, got ${JSON.stringify(version)?.slice(0, 40)}; ${isNewer ? 'it is of a newer unroll: update this one' : 'it is of an older unroll: begin a new run with --weights and this folder'}`,
    );
  }
  if (typeof dataSha256 !== 'string') throw new CheckpointError(`${path}: expected dataSha256 to be text`);
  try {
    return { settings: resolveSettings([{ origin: path, values: settings }]).settings, dataSha256 };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new CheckpointError(error.message, { cause: error });
  }
}
