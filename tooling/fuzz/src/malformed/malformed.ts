/** A broken input, and how it must be refused. */
export interface Malformed {
  readonly parser: string;
  readonly name: string;
  /** Made when it is needed: some are large. */
  readonly make: () => Uint8Array;
  readonly read: (input: Uint8Array) => unknown;
  /** The error's name. */
  readonly error: string;
  /** A piece of the error's message. */
  readonly message: string;
}

type Input = string | Uint8Array | (() => string | Uint8Array);
export type Case = readonly [name: string, input: Input, message: string];

/** Broken inputs for one parser. */
export function casesOf(
  parser: string,
  error: string,
  read: (input: Uint8Array) => unknown,
  cases: readonly Case[],
): Malformed[] {
  return cases.map(([name, input, message]) => ({
    ...{ parser, name, read, error, message },
    make: () => {
      const made = typeof input === 'function' ? input() : input;
      return typeof made === 'string' ? new TextEncoder().encode(made) : made;
    },
  }));
}

/** What is left of an input that was cut off after each of its bytes. */
export function truncations(whole: Uint8Array, messageAt: (length: number) => string): Case[] {
  return Array.from({ length: whole.length }, (_, length) => [
    `cut off after ${length} bytes`,
    () => whole.slice(0, length),
    messageAt(length),
  ]);
}
