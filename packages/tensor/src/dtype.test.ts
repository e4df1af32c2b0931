import { expect, test } from 'vitest';
import { bytesPerElement, type DType, makeArray } from './dtype.ts';

test.each<[DType, string, number]>([
  ['f32', 'Float32Array', 4],
  ['f64', 'Float64Array', 8],
  ['i32', 'Int32Array', 4],
])('%s is kept in a %s of zeros, %d bytes for each element', (dtype, name, bytes) => {
  const array = makeArray(dtype, 3);
  expect(array.constructor.name).toBe(name);
  expect(Array.from(array)).toEqual([0, 0, 0]);
  expect(array.BYTES_PER_ELEMENT).toBe(bytes);
  expect(bytesPerElement(dtype)).toBe(bytes);
});
