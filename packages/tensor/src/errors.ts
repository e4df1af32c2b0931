/** A registered symbol, so that an error is recognised even when two copies of a package are installed. */
const marker = Symbol.for('unroll.error');

/** What every error of these packages has in common. */
export class UnrollError extends Error {
  constructor(name: string, kind: string, message: string) {
    super(message);
    this.name = name;
    Object.defineProperty(this, marker, { value: kind });
  }

  /** Is it an error, of whatever kind, that one of these packages raised on purpose? */
  static isInstance(error: unknown): error is Error {
    return error instanceof Error && marker in error;
  }
}

/** A tensor has another shape than the operation takes. */
export class ShapeError extends UnrollError {
  constructor(message: string) {
    super('ShapeError', 'shape', message);
  }
}

/** A tensor has another data type than the operation takes. */
export class DTypeError extends UnrollError {
  constructor(message: string) {
    super('DTypeError', 'dtype', message);
  }
}

/** A call came too early, too late, or on memory that was given back: `backward` before `forward`, say. */
export class StateError extends UnrollError {
  constructor(message: string) {
    super('StateError', 'state', message);
  }
}

/** A number is outside its range: an id outside the vocabulary, a ratio above 1, a size of 0. */
export class ValueError extends UnrollError {
  constructor(message: string) {
    super('ValueError', 'value', message);
  }
}
