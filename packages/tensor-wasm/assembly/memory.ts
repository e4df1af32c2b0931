// Where things lie below the heap of tensors; src/layout.ts has the same numbers.

/** The arguments of the call at hand, in words of 32 bits. */
export const ARGS: usize = 0x10000;
/** How the threads meet, each word on a cache line of its own; see threads.ts. */
export const CONTROL: usize = 0x10400;
/** A double for each chunk of a sum, which are then added up in their order. */
export const PARTIAL: usize = 0x11000;
/** For each thread, SCRATCH_BYTES for packed operands. */
export const SCRATCH: usize = 0x20000;
export const SCRATCH_BYTES: usize = 0x60000;

// @ts-ignore: decorator
@inline
export function int(index: i32): i32 {
  return load<i32>(ARGS + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
export function float(index: i32): f32 {
  return load<f32>(ARGS + (<usize>index << 2));
}

/**
 * Where a row begins. A matrix takes three words of the arguments: where it begins, and how many bytes lie between two outer
 * and two inner rows. `inner` is how many inner rows there are.
 */
// @ts-ignore: decorator
@inline
export function rowOf(matrix: i32, inner: i32, row: i32): usize {
  return <usize>(int(matrix) + (row / inner) * int(matrix + 1) + (row % inner) * int(matrix + 2));
}

/** Where a list of rows lies to which a call is limited, or 0. */
const LIST: i32 = 22;

/** The row that a call works on as its row `index`. */
// @ts-ignore: decorator
@inline
export function listed(index: i32): i32 {
  const list = <usize>int(LIST);
  return list ? load<i32>(list + (<usize>index << 2)) : index;
}

/** The part of `total` that belongs to a chunk of `size`. */
// @ts-ignore: decorator
@inline
export function endOf(chunk: i32, size: i32, total: i32): i32 {
  return min((chunk + 1) * size, total);
}
