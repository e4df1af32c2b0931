import { endOf, int } from './memory';

/** A product of another library, whose matrices lie row after row; see `Gemm` in src/outside.ts. */
// @ts-ignore: decorator
@external('env', 'gemm')
declare function gemm(
  aTransposed: i32,
  bTransposed: i32,
  M: i32,
  N: i32,
  K: i32,
  a: usize,
  aStride: i32,
  b: usize,
  bStride: i32,
  accumulate: i32,
  out: usize,
  outStride: i32,
): void;

/**
 * A block of out. Arguments: 0 M, 1 N, 2 K, 3..5 a: is it transposed, where it begins, how many numbers lie between its rows as
 * stored; 6..8 the same of b, 9 and 10 where out begins and how many numbers lie between its rows, 11 accumulate, 12 bias, or 0,
 * 13 rows a chunk, 14 columns a chunk, of which one is all.
 */
export function multiplyOutside(chunk: i32, _thread: i32): void {
  const across = (int(1) + int(14) - 1) / int(14); // chunks beside each other
  const row = (chunk / across) * int(13);
  const col = (chunk % across) * int(14);
  const rows = endOf(chunk / across, int(13), int(0)) - row;
  const cols = endOf(chunk % across, int(14), int(1)) - col;
  const a = <usize>(int(4) + ((int(3) ? row : row * int(5)) << 2));
  const b = <usize>(int(7) + ((int(6) ? col * int(8) : col) << 2));
  const out = <usize>(int(9) + ((row * int(10) + col) << 2));
  if (int(12)) {
    const bias = <usize>(int(12) + (col << 2));
    for (let i = 0; i < rows; i++) memory.copy(out + <usize>((i * int(10)) << 2), bias, <usize>cols << 2);
  }
  const accumulate = int(11) | i32(int(12) != 0);
  gemm(int(3), int(6), rows, cols, int(2), a, int(5), b, int(8), accumulate, out, int(10));
}
