/** A registered symbol, so that an error is recognised even when two copies of a package are installed. */
const marker = Symbol.for('unroll.error');

/** What every error of these packages has in common. */
export class UnrollError extends Error {
  constructor(name: string, kind: string, message: string) {
    super(message);
    this.name = name;
    Object.defineProperty(this, marker, { value: kind });
  }

  /** Is it an error that one of these packages raised on purpose, of this class's kind? Of `UnrollError`: of any kind. */
  static isInstance(error: unknown): error is Error {
    return kindOf(error) !== undefined;
  }
}

/** Of an error of these packages, of any copy of them. */
function kindOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, marker) : undefined;
}

/** A tensor has another shape than the operation takes. */
export class ShapeError extends UnrollError {
  constructor(message: string) {
    super('ShapeError', 'shape', message);
  }

  static override isInstance(error: unknown): error is ShapeError {
    return kindOf(error) === 'shape';
  }
}

/** A tensor has another data type than the operation takes. */
export class DTypeError extends UnrollError {
  constructor(message: string) {
    super('DTypeError', 'dtype', message);
  }

  static override isInstance(error: unknown): error is DTypeError {
    return kindOf(error) === 'dtype';
  }
}

/** A call came too early, too late, or on memory that was given back: `backward` before `forward`, say. */
export class StateError extends UnrollError {
  constructor(message: string) {
    super('StateError', 'state', message);
  }

  static override isInstance(error: unknown): error is StateError {
    return kindOf(error) === 'state';
  }
}

/** A backend that works has no room for what it is to hold. */
export class MemoryError extends UnrollError {
  constructor(message: string) {
    super('MemoryError', 'memory', message);
  }

  static override isInstance(error: unknown): error is MemoryError {
    return kindOf(error) === 'memory';
  }
}

/** A number is outside its range: an id outside the vocabulary, a ratio above 1, a size of 0. */
export class ValueError extends UnrollError {
  constructor(message: string) {
    super('ValueError', 'value', message);
  }

  static override isInstance(error: unknown): error is ValueError {
    return kindOf(error) === 'value';
  }
}
