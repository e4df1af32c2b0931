import type { Storage } from '../backend.ts';
import { type DType, makeArray, type TypedArray } from '../dtype.ts';
import { DTypeError, ShapeError, StateError } from '../errors.ts';
import { formatShape, sameShape } from '../shape.ts';
import { expectAlive, type Tensor } from '../tensor.ts';

export type Floats = Float32Array | Float64Array;

// Marked as pure, so that bundlers can leave it out where this backend is not used.
const nothing = /* @__PURE__ */ new Int32Array(0);

/** Memory of the reference backend: a typed array. */
export class ReferenceStorage implements Storage {
  readonly dtype: DType;
  readonly length: number;
  data: TypedArray;
  freed = false;

  constructor(dtype: DType, length: number) {
    this.dtype = dtype;
    this.length = length;
    this.data = makeArray(dtype, length);
  }

  free(): void {
    this.data = nothing;
    this.freed = true;
  }
}

/** The array in which the elements of x lie, whatever its type and strides. */
export function dataOf(operation: string, x: Tensor): TypedArray {
  expectAlive(operation, x.storage);
  if (!(x.storage instanceof ReferenceStorage)) {
    throw new StateError(
      `${operation}: expected a tensor of the reference backend, got one of ${x.backend.name}; make it with this backend`,
    );
  }
  return x.storage.data;
}

/** The same, if the elements of each row lie side by side. */
export function sideBySide(operation: string, x: Tensor): TypedArray {
  if (x.transposed || (x.strides[x.strides.length - 1] !== 1 && x.size > 1)) {
    throw new ShapeError(
      `${operation}: expected the last axis to lie side by side, got ${formatShape(x.shape)} with strides ${formatShape(x.strides)}; copy it into a new tensor first`,
    );
  }
  return dataOf(operation, x);
}

/** The same, for numbers to compute with. */
export function floats(operation: string, x: Tensor): Floats {
  const data = sideBySide(operation, x);
  if (data instanceof Int32Array) {
    throw new DTypeError(`${operation}: expected f32 or f64, got i32 ${formatShape(x.shape)}`);
  }
  return data;
}

/** The same, for ids and labels. */
export function ints(operation: string, x: Tensor): Int32Array {
  const data = sideBySide(operation, x);
  if (!(data instanceof Int32Array)) {
    throw new DTypeError(
      `${operation}: expected ids or labels as i32, got ${x.dtype} ${formatShape(x.shape)}`,
    );
  }
  return data;
}

/** Refuses two tensors of different shape. */
export function expectSame(operation: string, out: Tensor, x: Tensor): void {
  if (!sameShape(out.shape, x.shape)) {
    throw new ShapeError(
      `${operation}: expected two tensors of one shape, got ${formatShape(out.shape)} and ${formatShape(x.shape)}`,
    );
  }
}

/** Refuses a matrix that has not these many rows and columns. */
export function expectMatrix(operation: string, name: string, x: Tensor, rows: number, cols: number): void {
  if (x.rows !== rows || x.cols !== cols) {
    throw new ShapeError(
      `${operation}: expected ${name} of ${rows} rows and ${cols} columns, got ${formatShape(x.shape)}`,
    );
  }
}
