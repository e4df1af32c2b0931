import type { DType, Storage, Tensor } from '@unroll/tensor';

/** A right operand of a product in packed form. */
export interface Packed {
  /** Where its own packed form lies; undefined until it was used twice without a change. */
  address: number | undefined;
  /** The version of its storage that was packed or seen last. */
  version: number;
}

/** Memory of this backend: a place in its linear memory. */
export class WasmStorage implements Storage {
  readonly dtype: DType;
  readonly length: number;
  readonly address: number;
  /** Counts the writes. */
  version = 0;
  freed = false;
  /** Packed forms of views of it. */
  readonly packed: Map<Tensor, Packed> = new Map();

  constructor(dtype: DType, length: number, address: number) {
    this.dtype = dtype;
    this.length = length;
    this.address = address;
  }
}
