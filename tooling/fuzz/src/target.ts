import type { Random } from './random.ts';

/** A parser, and how inputs for it are made. */
export interface Target {
  readonly name: string;
  /** Which errors it may throw, in words. */
  readonly refusals: string;
  /** An input that is valid, or nearly. */
  make(random: Random): Uint8Array;
  /** Parses, and holds what came out against what it must be. */
  run(input: Uint8Array): void | Promise<void>;
  /** Is this how the parser says that the input is none? Everything else is a finding. */
  isRefusal(error: unknown): boolean;
}
