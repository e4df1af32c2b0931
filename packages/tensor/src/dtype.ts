/** f32 to compute with, f64 to check gradients with, i32 for ids and labels. */
export type DType = 'f32' | 'f64' | 'i32';

export type TypedArray = Float32Array | Float64Array | Int32Array;

/** A new array of zeros that holds `length` elements of this type. */
export function makeArray(dtype: DType, length: number): TypedArray {
  if (dtype === 'f32') return new Float32Array(length);
  if (dtype === 'f64') return new Float64Array(length);
  return new Int32Array(length);
}

export function bytesPerElement(dtype: DType): number {
  return dtype === 'f64' ? 8 : 4;
}
