import { endOf, int, rowOf, SCRATCH, SCRATCH_BYTES } from './memory';
import { madd } from './math';

// out (M, N) = a (M, K) @ b (K, N), in tiles of 5 x 8: ten sums, two numbers of b and one of a are what a processor of sixteen
// vector registers holds. b is packed into panels of 8 columns, a into panels of 5 rows, in the order in which the innermost
// loop reads them (Goto and van de Geijn, 2008). Missing rows and columns are packed as zeros.

export const TILE_ROWS: i32 = 5;
export const TILE_COLS: i32 = 8;
/** How much of the common axis is worked through at a time: a panel of b of this depth is 16 KB. */
const DEPTH: i32 = 512;
/** How many rows of a are packed at a time, at most: 70 x 512 numbers are 140 KB of a thread's scratch. */
const BLOCK_ROWS: i32 = 70;

/**
 * Packs panels of b. Arguments: 0 target, 1 rows K, 2 columns N, 3 is b transposed, 4..6 b as a matrix (its T, if it is
 * transposed), 7 its inner rows, 8 panels a chunk.
 */
export function packB(chunk: i32, _thread: i32): void {
  const K = int(1);
  const N = int(2);
  const inner = int(7);
  const panels = (N + TILE_COLS - 1) / TILE_COLS;
  const end = endOf(chunk, int(8), panels);
  for (let panel = chunk * int(8); panel < end; panel++) {
    const first = panel * TILE_COLS;
    const count = min(TILE_COLS, N - first);
    let target = <usize>int(0) + <usize>panel * <usize>K * 32;
    if (int(3)) {
      // Rows of what is stored are columns of b.
      for (let j = 0; j < TILE_COLS; j++) {
        let to = target + (<usize>j << 2);
        if (j < count) {
          let from = rowOf(4, inner, first + j);
          for (let k = 0; k < K; k++) {
            store<f32>(to, load<f32>(from));
            to += 32;
            from += 4;
          }
        } else {
          for (let k = 0; k < K; k++) {
            store<f32>(to, 0);
            to += 32;
          }
        }
      }
    } else if (count == TILE_COLS) {
      for (let k = 0; k < K; k++) {
        const from = rowOf(4, inner, k) + (<usize>first << 2);
        v128.store(target, v128.load(from));
        v128.store(target, v128.load(from, 16), 16);
        target += 32;
      }
    } else {
      for (let k = 0; k < K; k++) {
        const from = rowOf(4, inner, k) + (<usize>first << 2);
        for (let j = 0; j < TILE_COLS; j++) {
          store<f32>(target + (<usize>j << 2), j < count ? load<f32>(from + (<usize>j << 2)) : 0);
        }
        target += 32;
      }
    }
  }
}

/** Packs rows of a, from column k on, into panels of 5 rows and `depth` columns. The matrix is at arguments 4..6. */
function packA(to: usize, transposed: i32, inner: i32, first: i32, end: i32, k: i32, depth: i32): void {
  for (let row = first; row < end; row += TILE_ROWS) {
    const count = min(TILE_ROWS, end - row);
    if (transposed) {
      for (let d = 0; d < depth; d++) {
        const from = rowOf(4, inner, k + d) + (<usize>row << 2);
        if (count == TILE_ROWS) {
          v128.store(to, v128.load(from));
          store<f32>(to, load<f32>(from, 16), 16);
        } else {
          for (let i = 0; i < TILE_ROWS; i++) {
            store<f32>(to + (<usize>i << 2), i < count ? load<f32>(from + (<usize>i << 2)) : 0);
          }
        }
        to += 20;
      }
    } else {
      for (let i = 0; i < TILE_ROWS; i++) {
        let target = to + (<usize>i << 2);
        if (i < count) {
          let from = rowOf(4, inner, row + i) + (<usize>k << 2);
          for (let d = 0; d < depth; d++) {
            store<f32>(target, load<f32>(from));
            target += 20;
            from += 4;
          }
        } else {
          for (let d = 0; d < depth; d++) {
            store<f32>(target, 0);
            target += 20;
          }
        }
      }
      to += <usize>depth * 20;
    }
  }
}

/**
 * A block of out. Arguments: 0 M, 1 N, 2 K, 3 is a transposed, 4..6 a as a matrix (its T, if it is transposed), 7 its inner
 * rows, 8 packed b, 9..11 out as a matrix, 12 its inner rows, 13 accumulate, 14 rows a chunk, 15 panels a chunk, 16 chunks
 * side by side.
 */
export function multiply(chunk: i32, thread: i32): void {
  const M = int(0);
  const N = int(1);
  const K = int(2);
  const aTransposed = int(3);
  const aInner = int(7);
  const outInner = int(12);
  const across = int(16);
  const panels = (N + TILE_COLS - 1) / TILE_COLS;
  const rowEnd = endOf(chunk / across, int(14), M);
  const panelFirst = (chunk % across) * int(15);
  const panelEnd = min(panelFirst + int(15), panels);
  const packed = SCRATCH + <usize>thread * SCRATCH_BYTES;
  const addresses = packed + <usize>BLOCK_ROWS * <usize>DEPTH * 4;
  for (let rowFirst = (chunk / across) * int(14); rowFirst < rowEnd; rowFirst += BLOCK_ROWS) {
    const blockEnd = min(rowFirst + BLOCK_ROWS, rowEnd);
    for (let row = rowFirst; row < blockEnd; row++) {
      store<usize>(addresses + (<usize>(row - rowFirst) << 2), rowOf(9, outInner, row));
    }
    for (let k = 0; k < K; k += DEPTH) {
      const depth = min(DEPTH, K - k);
      const accumulate = int(13) | i32(k > 0);
      packA(packed, aTransposed, aInner, rowFirst, blockEnd, k, depth);
      for (let panel = panelFirst; panel < panelEnd; panel++) {
        const b = <usize>int(8) + (<usize>panel * <usize>K + <usize>k) * 32;
        const cols = min(TILE_COLS, N - panel * TILE_COLS);
        let a = packed;
        let address = addresses;
        for (let row = rowFirst; row < blockEnd; row += TILE_ROWS) {
          tile(a, b, depth, address, min(TILE_ROWS, blockEnd - row), <usize>panel << 5, cols, accumulate);
          a += <usize>depth * 20;
          address += TILE_ROWS * 4;
        }
      }
    }
  }
}

/** One tile of sums, added to or put at `offset` in the rows at these addresses. */
function tile(
  a: usize,
  b: usize,
  depth: i32,
  addresses: usize,
  rows: i32,
  offset: usize,
  cols: i32,
  accumulate: i32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let c40 = c00;
  let c41 = c00;
  const end = b + (<usize>depth << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    a += 20;
    b += 32;
  }
  storeRow(load<usize>(addresses) + offset, c00, c01, cols, accumulate);
  if (rows > 1) storeRow(load<usize>(addresses, 4) + offset, c10, c11, cols, accumulate);
  if (rows > 2) storeRow(load<usize>(addresses, 8) + offset, c20, c21, cols, accumulate);
  if (rows > 3) storeRow(load<usize>(addresses, 12) + offset, c30, c31, cols, accumulate);
  if (rows > 4) storeRow(load<usize>(addresses, 16) + offset, c40, c41, cols, accumulate);
}

// @ts-ignore: decorator
@inline
function storeRow(to: usize, left: v128, right: v128, cols: i32, accumulate: i32): void {
  if (cols == TILE_COLS) {
    if (accumulate) {
      left = f32x4.add(left, v128.load(to));
      right = f32x4.add(right, v128.load(to, 16));
    }
    v128.store(to, left);
    v128.store(to, right, 16);
  } else {
    storeEdge(to, left, right, cols, accumulate);
  }
}

/** The last panel of a matrix whose columns are no multiple of 8. */
function storeEdge(to: usize, left: v128, right: v128, cols: i32, accumulate: i32): void {
  for (let j = 0; j < cols; j++) {
    const half = j < 4 ? left : right;
    const at = j & 3;
    let value = f32x4.extract_lane(half, 0);
    if (at == 1) value = f32x4.extract_lane(half, 1);
    else if (at == 2) value = f32x4.extract_lane(half, 2);
    else if (at == 3) value = f32x4.extract_lane(half, 3);
    const p = to + (<usize>j << 2);
    store<f32>(p, accumulate ? load<f32>(p) + value : value);
  }
}
