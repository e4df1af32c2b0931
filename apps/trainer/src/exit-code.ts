import { CheckpointError, DiskError } from '@unroll/checkpoint';
import { UnrollError } from '@unroll/tensor';
import { TextError } from '@unroll/text';
import { DivergedError } from '@unroll/training';

/** What the command says to the shell. */
export const ExitCode = {
  ok: 0,
  /** Something nobody expected: a bug, most likely. */
  unexpected: 1,
  /** The command line does not make sense. */
  usage: 2,
  /** A file is missing, empty, damaged or not what it should be. */
  data: 3,
  /** Training ended in numbers that are none. */
  diverged: 4,
  /** The disk is full, or cannot be written. */
  disk: 5,
  /** Ended by Ctrl-C, by SIGTERM, by a terminal that was closed. */
  ofSignal: { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 },
} as const;

/** Each with what it means, for the help and the documentation. */
export const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [ExitCode.ok, 'done'],
  [ExitCode.unexpected, 'something unexpected'],
  [
    ExitCode.usage,
    'the command line or the configuration makes no sense, or the output folder cannot be used',
  ],
  [ExitCode.data, 'bad or damaged input: text, weights, a model folder'],
  [ExitCode.diverged, 'training diverged; the last good model is in the folder'],
  [ExitCode.disk, 'the disk is full, or cannot be written'],
  [ExitCode.ofSignal.SIGINT, 'ended by Ctrl-C (SIGINT); what was trained is saved'],
  [ExitCode.ofSignal.SIGTERM, 'ended by SIGTERM, likewise'],
  [ExitCode.ofSignal.SIGHUP, 'ended by SIGHUP, as when a terminal is closed, likewise'],
];

/** The command line does not make sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A file or folder is not what it should be. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

export function exitCodeOf(error: unknown): number {
  if (DiskError.isInstance(error)) return ExitCode.disk;
  if (error instanceof DataError || TextError.isInstance(error) || CheckpointError.isInstance(error)) {
    return ExitCode.data;
  }
  if (DivergedError.isInstance(error)) return ExitCode.diverged;
  // What else the packages refuse are sizes and rates that come from the command line.
  if (error instanceof UsageError || UnrollError.isInstance(error)) return ExitCode.usage;
  return ExitCode.unexpected;
}
