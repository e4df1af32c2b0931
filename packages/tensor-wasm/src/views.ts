import {
  contiguousStrides,
  expectAlive,
  formatShape,
  ShapeError,
  StateError,
  sameShape,
  type Tensor,
} from '@unroll/tensor';
import type { Heap } from './heap.ts';
import { WasmStorage } from './storage.ts';

// Where tensors lie in the memory, and what is refused of them.

/** @param heap of the backend that asks: in the memory of another one, the same address is another tensor's */
export function storageOf(operation: string, x: Tensor, heap: Heap): WasmStorage {
  expectAlive(operation, x.storage);
  if (!(x.storage instanceof WasmStorage) || x.storage.heap !== heap) {
    const whose = x.storage instanceof WasmStorage ? 'of another one' : `of ${x.backend.name}`;
    throw new StateError(
      `${operation}: expected a tensor of this wasm backend, got one ${whose}; make it with this backend`,
    );
  }
  return x.storage;
}

/** Rows whose elements lie side by side, and which are not columns. */
export function checkOperand(operation: string, x: Tensor): void {
  if (x.transposed || (lastStride(x) !== 1 && x.size > 1)) {
    throw new ShapeError(
      `${operation}: expected the last axis to lie side by side, got ${formatShape(x.shape)} with strides ${formatShape(x.strides)}; copy it into a new tensor first`,
    );
  }
}

/** Of which rows are taken by number: their distances have to be one. */
export function expectTable(operation: string, W: Tensor): void {
  if (W.transposed || W.shape.length !== 2) {
    const what = W.transposed ? `a transposed ${formatShape(W.shape)}` : formatShape(W.shape);
    throw new ShapeError(`${operation}: expected W (V, D), got ${what}`);
  }
}

/**
 * May the panels of a right operand be read where they are? Not where its rows lie such that the same cache lines would serve all of
 * them: at 4,096 bytes all fall together, at odd multiples of 64 bytes and less they are spread.
 */
export const mayStayUnpacked = (b: Tensor): boolean =>
  !b.transposed && liesEvenly(b) && (rowStride(b) * 4) % 128 !== 0;

/** Of a right operand in panels of 8 columns. */
export const packedBytes = (b: Tensor): number => Math.ceil(b.cols / 8) * b.rows * 32;

export const lastStride = (x: Tensor): number => x.strides[x.strides.length - 1];

/** How far apart the rows of a matrix lie that lies evenly. */
export const rowStride = (x: Tensor): number =>
  x.rows === 1 ? x.cols : Math.max(x.cols, x.strides[x.strides.length - 2]);

/** With one distance between all rows, forwards. */
export function liesEvenly(x: Tensor): boolean {
  const [outer, inner] = x.strides.slice(-3);
  if (x.shape.length === 3) return inner > 0 && (x.shape[0] === 1 || outer === inner * x.shape[1]);
  return x.shape.length === 1 || x.rows === 1 || outer > 0;
}

/** Of the first element. */
export const addressOf = (storage: WasmStorage, x: Tensor): number => storage.address + x.offset * 4;

/** Is it all of its storage, row after row? */
export const isWhole = (x: Tensor): boolean =>
  x.offset === 0 && x.size === x.storage.length && liesTogether(x);

/** One element after the other, row after row and without a gap. */
export function liesTogether(x: Tensor): boolean {
  const strides = contiguousStrides(x.shape);
  return x.strides.every((stride, axis) => stride === strides[axis] || x.shape[axis] === 1);
}

/** How many inner rows there are for each outer one. */
export const innerRows = (x: Tensor): number => (x.shape.length === 3 ? x.shape[1] : x.rows);

/** Calls back with the index of each element, row after row, and where it lies. */
export function eachElement(x: Tensor, start: number, visit: (index: number, at: number) => void): void {
  const missing = 3 - x.shape.length;
  const length = (axis: number) => (axis < missing ? 1 : x.shape[axis - missing]);
  const stride = (axis: number) => (axis < missing ? 0 : x.strides[axis - missing]);
  let index = 0;
  for (let i = 0; i < length(0); i++) {
    for (let j = 0; j < length(1); j++) {
      for (let k = 0; k < length(2); k++) {
        visit(index++, start + i * stride(0) + j * stride(1) + k * stride(2));
      }
    }
  }
}

export function expectSame(operation: string, out: Tensor, x: Tensor): void {
  if (!sameShape(out.shape, x.shape)) {
    throw new ShapeError(
      `${operation}: expected two tensors of one shape, got ${formatShape(out.shape)} and ${formatShape(x.shape)}`,
    );
  }
}

export function expectMatrix(operation: string, name: string, x: Tensor, rows: number, cols: number): void {
  if (x.rows !== rows || x.cols !== cols) {
    throw new ShapeError(
      `${operation}: expected ${name} of ${rows} rows and ${cols} columns, got ${formatShape(x.shape)}`,
    );
  }
}

/** Where a kernel asks for a row by number, a view of more axes would have its rows elsewhere. */
export function expectAxes(operation: string, name: string, x: Tensor, shape: readonly number[]): void {
  if (!sameShape(x.shape, shape)) {
    throw new ShapeError(`${operation}: expected ${name} ${formatShape(shape)}, got ${formatShape(x.shape)}`);
  }
}

export function expectLabels(operation: string, scores: Tensor, ts: Tensor): void {
  if (ts.size !== scores.rows) {
    throw new ShapeError(
      `${operation}: expected one for each of the ${scores.rows} rows of scores ${formatShape(scores.shape)}, got ${formatShape(ts.shape)}`,
    );
  }
}
