const marker: unique symbol = Symbol.for('unroll.error');

/** What every function of this package throws: the message names the operation or the file, and says what to do next. */
export class TextError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'TextError';
    // A registered symbol, which two copies of this package share; not enumerable, so that no printed error shows it.
    Object.defineProperty(this, marker, { value: 'text' });
  }

  /** Like `instanceof`, and also true for an error from another copy of this package. */
  static isInstance(e: unknown): e is TextError {
    return e instanceof Error && marker in e && e[marker] === 'text';
  }
}
