const marker = Symbol.for('unroll.error');

/** A file that cannot be read or written as asked; the message names the file, what is wrong and what to do. */
export class CheckpointError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CheckpointError';
    // Not enumerable, so that a printed error does not show it.
    Object.defineProperty(this, marker, { value: 'checkpoint', configurable: true });
  }

  /** Like `instanceof`, and also true for an error from another copy of this package. */
  static isInstance(error: unknown): error is CheckpointError {
    return kindOf(error) === 'checkpoint' || kindOf(error) === 'disk';
  }
}

/** The disk is full, broken, or not ours to write to: nothing is wrong with what was to be written. */
export class DiskError extends CheckpointError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'DiskError';
    Object.defineProperty(this, marker, { value: 'disk' });
  }

  static override isInstance(error: unknown): error is DiskError {
    return kindOf(error) === 'disk';
  }
}

function kindOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, marker) : undefined;
}
