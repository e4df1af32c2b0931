import type { NamedArray } from './named-array.ts';

export interface Format {
  readonly dtype: NamedArray['dtype'];
  /** The dtype's name in a safetensors header. */
  readonly code: string;
  readonly ArrayType: {
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): NamedArray['data'];
    readonly BYTES_PER_ELEMENT: number;
  };
}

/** In the order in which the reference implementation lays dtypes out: wider alignment first, then its own ranking. */
export const formats: readonly Format[] = [
  { dtype: 'f64', code: 'F64', ArrayType: Float64Array },
  { dtype: 'f32', code: 'F32', ArrayType: Float32Array },
  { dtype: 'i32', code: 'I32', ArrayType: Int32Array },
];
