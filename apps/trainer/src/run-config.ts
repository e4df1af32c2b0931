import { readFile, stat } from 'node:fs/promises';
import { backendNames } from '@unroll/backend';
import { CheckpointError, type JsonObject, parseConfig, serializeConfig } from '@unroll/checkpoint';
import { modelNames } from '@unroll/rnnlm';
import type { RunOptions } from './commands/train.ts';
import { optimizerNames, scheduleNames } from './optimizers.ts';

/** What a run was begun with, and so what it goes on with. */
export interface RunConfig {
  readonly options: RunOptions;
  /** Of tokens and vocabulary: a run only goes on with the same text. */
  readonly dataSha256: string;
}

const oneOf = (names: readonly string[]) => (value: unknown) => names.includes(value as string);
const count = (least: number) => (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) >= least;
const rate = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const text = (value: unknown) => typeof value === 'string' && value !== '';
const optional = (check: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || check(value);

/** For each option, is a value from a file one that it may have? */
const checks: Readonly<Record<keyof RunOptions, (value: unknown) => boolean>> = {
  data: text,
  model: oneOf(modelNames),
  tokenizer: oneOf(['word', 'char']),
  wordvecSize: count(1),
  hiddenSize: count(1),
  batchSize: count(1),
  timeSize: count(1),
  epochs: count(1),
  maxSteps: optional(count(1)),
  optimizer: oneOf(optimizerNames),
  lr: optional(rate),
  maxGrad: rate,
  schedule: oneOf(scheduleNames),
  warmup: count(0),
  seed: count(0),
  evalInterval: optional(count(1)),
  logEvery: count(1),
  sampleSize: optional(count(0)),
  saveInterval: optional(count(1)),
  keep: count(1),
  backend: oneOf(backendNames),
  threads: optional(count(1)),
};

/** A file of options is far smaller; looked at before it is read. */
const MOST_BYTES = 1_048_576;

export function serializeRunConfig({ options, dataSha256 }: RunConfig): Uint8Array {
  const known = Object.keys(checks).map((name) => [name, options[name as keyof RunOptions]] as const);
  const given = known.filter(([, value]) => value !== undefined);
  return serializeConfig({ version: 1, dataSha256, options: Object.fromEntries(given) } as JsonObject);
}

/** @throws CheckpointError naming what is not as a run wrote it */
export async function parseRunConfig(path: string): Promise<RunConfig> {
  const { size } = await stat(path);
  if (size > MOST_BYTES) {
    throw new CheckpointError(
      `${path}: expected at most ${MOST_BYTES} bytes, got ${size}; it is not of a run`,
    );
  }
  const { version, dataSha256, options } = parseConfig(await readFile(path), path);
  if (version !== 1) {
    throw new CheckpointError(
      `${path}: expected version 1, got ${JSON.stringify(version)}; it is of a newer unroll`,
    );
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new CheckpointError(`${path}: expected an object of options`);
  }
  const given = options as JsonObject;
  for (const [name, check] of Object.entries(checks)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (!check(value)) {
      throw new CheckpointError(
        `${path}: ${name} has a value that it cannot have, ${JSON.stringify(value)?.slice(0, 60)}`,
      );
    }
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(checks, name))
      throw new CheckpointError(`${path}: there is no option ${JSON.stringify(name.slice(0, 60))}`);
  }
  if (typeof dataSha256 !== 'string') throw new CheckpointError(`${path}: expected dataSha256 to be text`);
  return { options: options as unknown as RunOptions, dataSha256 };
}
