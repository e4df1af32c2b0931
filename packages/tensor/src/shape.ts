import { ShapeError } from './errors.ts';

export type Shape = readonly number[];

/** How many elements a shape has. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** The strides, in elements, of a tensor whose elements lie row after row without a gap. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** `(20, 35, 100)` */
export function formatShape(shape: Shape): string {
  return `(${shape.join(', ')})`;
}

/** Offsets and counts are whole numbers of 32 bits. */
const MOST_ELEMENTS = 2 ** 31 - 1;

/** Refuses what is not a shape: one to three axes, each a whole number from 1, of fewer than 2^31 elements together. */
export function checkShape(operation: string, shape: Shape): void {
  const fits = shape.length >= 1 && shape.length <= 3;
  if (!fits || !shape.every((length) => Number.isSafeInteger(length) && length >= 1)) {
    throw new ShapeError(
      `${operation}: expected one to three axes, each a whole number from 1, got ${formatShape(shape)}`,
    );
  }
  if (sizeOf(shape) > MOST_ELEMENTS) {
    throw new ShapeError(
      `${operation}: expected fewer than 2^31 elements, got ${sizeOf(shape)} for ${formatShape(shape)}; make it smaller`,
    );
  }
}

/**
 * Holds a tensor's shape against a pattern such as `['N', 'T', 100]`: numbers must match, letters may be any length.
 * @throws ShapeError `TimeLSTM.forward: expected xs (N, T, 100), got (20, 35, 64)`
 */
export function expectShape(
  operation: string,
  name: string,
  shape: Shape,
  pattern: readonly (number | string)[],
): void {
  let fits = shape.length === pattern.length;
  for (let axis = 0; fits && axis < pattern.length; axis++) {
    fits = typeof pattern[axis] === 'string' || pattern[axis] === shape[axis];
  }
  if (!fits) {
    throw new ShapeError(`${operation}: expected ${name} (${pattern.join(', ')}), got ${formatShape(shape)}`);
  }
}
