import type { DType, Storage, Tensor } from '@unroll/tensor';
import type { Heap } from './heap.ts';

/** A right operand of a product in packed form. */
export interface Packed {
  /** Where its own packed form lies; undefined until it was used twice without a change. */
  address: number | undefined;
  /** The version of its storage that was packed or seen last. */
  version: number;
}

/**
 * The rows of a matrix that may be other than zeros, as in the gradient of an embedding: what is done to all rows need then be done
 * to these only. A write of any other kind changes the version of the storage, and the list says nothing any more.
 */
export interface RowList {
  /** Of the storage, when the list was true. */
  version: number;
  /** Where their numbers lie, as 32-bit integers, each once. */
  readonly address: number;
  count: number;
  /** For each row, is it in the list? */
  readonly marks: Uint8Array;
}

/** Memory of this backend: a place in its linear memory. */
export class WasmStorage implements Storage {
  readonly dtype: DType;
  readonly length: number;
  readonly address: number;
  /** Whose memory it is. */
  readonly heap: Heap;
  /** Counts the writes. */
  version = 0;
  freed = false;
  /** The version at which all of it was zeros. */
  zeroVersion = 0;
  /** Only of a matrix that rows are scattered to. */
  list: RowList | undefined;
  /** Packed forms of views of it. */
  readonly packed: Map<Tensor, Packed> = new Map();

  constructor(dtype: DType, length: number, address: number, heap: Heap) {
    this.dtype = dtype;
    this.length = length;
    this.address = address;
    this.heap = heap;
  }
}
