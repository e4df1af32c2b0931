import type { Backend, Storage } from './backend.ts';
import type { DType, TypedArray } from './dtype.ts';
import { ShapeError, StateError, ValueError } from './errors.ts';
import { contiguousStrides, formatShape, type Shape, sizeOf } from './shape.ts';

/**
 * A view of memory that a backend owns: where it starts, its shape, and how far apart its elements lie.
 *
 * One to three axes, `(N, T, D)` at most. Views share the memory they look at and are made once: `x.at(3)` twice is
 * the same object, so a loop over time makes no garbage. Every kernel sees a tensor as a matrix: the last axis are the
 * columns, all axes before it together are the rows. (In a transposed tensor the first axis are the rows.)
 */
export class Tensor {
  readonly backend: Backend;
  readonly storage: Storage;
  readonly shape: Shape;
  /** In elements, one for each axis. */
  readonly strides: Shape;
  /** Of the first element, in elements. */
  readonly offset: number;
  /** Made by `T`: the matrix is to be read with rows and columns exchanged. */
  readonly transposed: boolean;
  /** How many elements it has. */
  readonly size: number;
  /** Of the matrix: N * T for `(N, T, D)`, 1 for `(D)`. */
  readonly rows: number;
  /** Of the matrix: D for `(N, T, D)`. */
  readonly cols: number;

  #T: Tensor | undefined;
  #reversed: Tensor | undefined;
  #steps: Tensor[] | undefined;
  #slices: Map<number, Tensor> | undefined;
  #columns: Map<number, Tensor> | undefined;
  #rowStarts: Int32Array | undefined;

  constructor(
    backend: Backend,
    storage: Storage,
    shape: Shape,
    strides: Shape = contiguousStrides(shape),
    offset = 0,
    transposed = false,
  ) {
    this.backend = backend;
    this.storage = storage;
    this.shape = [...shape]; // whoever made them may use theirs again
    this.strides = [...strides];
    this.offset = offset;
    this.transposed = transposed;
    this.size = sizeOf(shape);
    this.rows = transposed ? shape[0] : this.size / shape[shape.length - 1];
    this.cols = this.size / this.rows;
  }

  get dtype(): DType {
    return this.storage.dtype;
  }

  /** `x[:, t]`: one step of every sequence, `(N, T, D)` to `(N, D)`, `(N, T)` to `(N)`. */
  at(t: number): Tensor {
    this.#steps ??= [];
    const known = this.#steps[t];
    if (known) return known;
    this.#expectTime('at', t, t + 1);
    const withoutTime = (axes: Shape) => axes.filter((_, axis) => axis !== 1);
    const view = this.#view(
      withoutTime(this.shape),
      withoutTime(this.strides),
      this.offset + t * this.strides[1],
    );
    this.#steps[t] = view;
    return view;
  }

  /** `x[:, start:end]`: some steps of every sequence. */
  slice(start: number, end: number): Tensor {
    this.#expectTime('slice', start, end);
    this.#slices ??= new Map();
    const key = start * 0x4000000 + end;
    const known = this.#slices.get(key);
    if (known) return known;
    const shape = this.shape.map((length, axis) => (axis === 1 ? end - start : length));
    const view = this.#view(shape, this.strides, this.offset + start * this.strides[1]);
    this.#slices.set(key, view);
    return view;
  }

  /** `x[..., start:end]`: some columns, of a gate for instance. */
  columns(start: number, end: number): Tensor {
    const last = this.shape.length - 1;
    if (this.transposed || !isRange(start, end, this.shape[last])) {
      throw new ShapeError(
        `Tensor.columns: expected 0 <= start < end <= ${this.shape[last]} on a tensor that is not transposed, got ${start} to ${end} of ${formatShape(this.shape)}`,
      );
    }
    this.#columns ??= new Map();
    const key = start * 0x4000000 + end;
    const known = this.#columns.get(key);
    if (known) return known;
    const shape = this.shape.map((length, axis) => (axis === last ? end - start : length));
    const view = this.#view(shape, this.strides, this.offset + start * this.strides[last]);
    this.#columns.set(key, view);
    return view;
  }

  /** `x[:, ::-1]`: the sequences read from their end. */
  get reversed(): Tensor {
    if (!this.#reversed) {
      const T = this.shape[1];
      this.#expectTime('reversed', 0, T);
      const strides = this.strides.map((stride, axis) => (axis === 1 ? -stride : stride));
      this.#reversed = this.#view(this.shape, strides, this.offset + (T - 1) * this.strides[1]);
    }
    return this.#reversed;
  }

  /** The matrix with rows and columns exchanged, `(N, T, D)` to `(D, N, T)`; no element moves. */
  get T(): Tensor {
    if (!this.#T) {
      const first = this.transposed ? 1 : this.shape.length - 1;
      const turn = (axes: Shape) => [...axes.slice(first), ...axes.slice(0, first)];
      if (this.shape.length < 2) {
        throw new ShapeError(`Tensor.T: expected two or three axes, got ${formatShape(this.shape)}`);
      }
      this.#T = new Tensor(
        this.backend,
        this.storage,
        turn(this.shape),
        turn(this.strides),
        this.offset,
        !this.transposed,
      );
      this.#T.#T = this;
    }
    return this.#T;
  }

  /** Where each row of the matrix starts, in elements of the storage. (Not for a transposed tensor: ask its `T`.) */
  get rowStarts(): Int32Array {
    this.#rowStarts ??= this.#findRows();
    return this.#rowStarts;
  }

  /** A copy of the elements, row after row, once all work enqueued before this call is done. */
  read(): Promise<TypedArray> {
    return this.backend.read(this);
  }

  /** The only element of a tensor of one: a loss, a norm. */
  async item(): Promise<number> {
    if (this.size !== 1) {
      throw new ShapeError(`Tensor.item: expected one element, got ${formatShape(this.shape)}; use read()`);
    }
    return (await this.read())[0];
  }

  /** Fills the tensor with these values, row after row. */
  write(values: ArrayLike<number>): void {
    if (values.length !== this.size) {
      throw new ShapeError(
        `Tensor.write: expected ${this.size} values for ${formatShape(this.shape)}, got ${values.length}`,
      );
    }
    if (this.dtype === 'i32' && !(values instanceof Int32Array)) {
      for (let i = 0; i < values.length; i++) {
        if ((values[i] | 0) !== values[i]) {
          throw new ValueError(`Tensor.write: expected whole numbers of 32 bits, got ${values[i]} at ${i}`);
        }
      }
    }
    this.backend.write(this, values);
  }

  /** Gives the memory back, also that of every other view of it. */
  dispose(): void {
    if (!this.storage.freed) this.backend.free(this.storage);
  }

  #findRows(): Int32Array {
    // The axes before the last, of which there are two at most.
    const [outer, inner] = this.shape.length === 3 ? [0, 1] : [-1, this.shape.length - 2];
    const steps = this.shape[inner] ?? 1;
    const starts = new Int32Array(this.rows);
    for (let row = 0; row < starts.length; row++) {
      const [i, j] = [Math.floor(row / steps), row % steps];
      starts[row] = this.offset + i * (this.strides[outer] ?? 0) + j * (this.strides[inner] ?? 0);
    }
    return starts;
  }

  #view(shape: Shape, strides: Shape, offset: number): Tensor {
    return new Tensor(this.backend, this.storage, shape, strides, offset);
  }

  #expectTime(operation: string, start: number, end: number): void {
    if (this.transposed || this.shape.length < 2) {
      throw new ShapeError(
        `Tensor.${operation}: expected (N, T) or (N, T, D), got ${formatShape(this.shape)}${this.transposed ? ', transposed' : ''}`,
      );
    }
    if (!isRange(start, end, this.shape[1])) {
      throw new ShapeError(
        `Tensor.${operation}: expected steps within 0 to ${this.shape[1]}, got ${start} to ${end} of ${formatShape(this.shape)}`,
      );
    }
  }
}

function isRange(start: number, end: number, length: number): boolean {
  return Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length;
}

/** Refuses memory that was given back. */
export function expectAlive(operation: string, storage: Storage): void {
  if (storage.freed) {
    throw new StateError(
      `${operation}: this tensor's memory was given back; a tensor that a layer returns is lent until that method's next call, so copy or read what you keep`,
    );
  }
}
