/** One tensor as plain numbers, row-major. */
export interface NamedArray {
  readonly dtype: 'f32' | 'f64' | 'i32';
  /** `[]` is a scalar. */
  readonly shape: readonly number[];
  /** As many numbers as the product of `shape`. */
  readonly data: Float32Array | Float64Array | Int32Array;
}

/** The same to be written, where `dtype` may be left out: the numbers say it. */
export type WritableArray = Omit<NamedArray, 'dtype'> & Partial<Pick<NamedArray, 'dtype'>>;
