import { endOf, int, rowOf, SCRATCH, SCRATCH_BYTES } from './memory';
import { load4, madd, store4 } from './math';

// out (M, N) = a (M, K) @ b (K, N), in tiles of 5 x 8: ten sums, two numbers of b and one of a are what a processor of sixteen
// vector registers holds. b is packed into panels of 8 columns, a into panels of 5 rows, in the order in which the innermost
// loop reads them (Goto and van de Geijn, 2008). Missing rows and columns are packed as zeros.
//
// A product with many rows is cut into blocks of rows and panels: b is packed beforehand, rows of a are read where they lie, or
// packed by each chunk if a is transposed. One with few rows is cut by columns: a is packed beforehand, and the panels of b are read
// where they lie or packed by each chunk, if b has no packed form already.

const TILE_ROWS: i32 = 5;
const TILE_COLS: i32 = 8;
/** How many bytes lie between two rows of a packed panel. */
const PACKED: usize = 32;
/** How much of the common axis is worked through at a time: a panel of b of this depth is 11 KB, or 22 KB of cache lines unpacked. */
const DEPTH: i32 = 352;
/** How many rows are packed or addressed at a time, at most. */
const BLOCK_ROWS: i32 = 140;

// In a thread's scratch: rows of a, or one panel of b; then the addresses of rows of out.
const ADDRESSES: usize = <usize>BLOCK_ROWS * <usize>DEPTH * 4;

/** Packs `depth` numbers of the columns first … first + count of b, from row k on; b is a matrix at the arguments 4..6. */
function packPanel(to: usize, transposed: i32, inner: i32, first: i32, count: i32, k: i32, depth: i32): void {
  if (count < TILE_COLS) memory.fill(to, 0, <usize>depth << 5);
  if (!transposed) {
    for (let d = 0; d < depth; d++) {
      const from = rowOf(4, inner, k + d) + (<usize>first << 2);
      if (count == TILE_COLS) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        for (let j = 0; j < count; j++) store<f32>(to + (<usize>j << 2), load<f32>(from + (<usize>j << 2)));
      }
      to += 32;
    }
    return;
  }
  // Rows of what is stored are columns of b: four at a time are turned.
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    turnFour(
      to + (<usize>j << 2),
      32,
      rowOf(4, inner, first + j) + (<usize>k << 2),
      rowOf(4, inner, first + j + 1) + (<usize>k << 2),
      rowOf(4, inner, first + j + 2) + (<usize>k << 2),
      rowOf(4, inner, first + j + 3) + (<usize>k << 2),
      depth,
    );
  }
  for (; j < count; j++) turnOne(to + (<usize>j << 2), 32, rowOf(4, inner, first + j) + (<usize>k << 2), depth);
}

/** Packs rows first … end of a into panels of 5 rows, `depth` columns from k on; a is a matrix at the arguments 4..6. */
function packRows(to: usize, transposed: i32, inner: i32, first: i32, end: i32, k: i32, depth: i32): void {
  for (let row = first; row < end; row += TILE_ROWS) {
    const count = min(TILE_ROWS, end - row);
    if (count < TILE_ROWS) memory.fill(to, 0, <usize>depth * 20);
    if (transposed) {
      for (let d = 0; d < depth; d++) {
        const from = rowOf(4, inner, k + d) + (<usize>row << 2);
        const target = to + <usize>d * 20;
        if (count == TILE_ROWS) {
          v128.store(target, v128.load(from));
          store<f32>(target, load<f32>(from, 16), 16);
        } else {
          for (let i = 0; i < count; i++) store<f32>(target + (<usize>i << 2), load<f32>(from + (<usize>i << 2)));
        }
      }
    } else {
      let i = 0;
      if (count >= 4) {
        turnFour(
          to,
          20,
          rowOf(4, inner, row) + (<usize>k << 2),
          rowOf(4, inner, row + 1) + (<usize>k << 2),
          rowOf(4, inner, row + 2) + (<usize>k << 2),
          rowOf(4, inner, row + 3) + (<usize>k << 2),
          depth,
        );
        i = 4;
      }
      for (; i < count; i++) turnOne(to + (<usize>i << 2), 20, rowOf(4, inner, row + i) + (<usize>k << 2), depth);
    }
    to += <usize>depth * 20;
  }
}

/** Four rows side by side: number d of each goes to `to + d * step`. */
function turnFour(to: usize, step: usize, p0: usize, p1: usize, p2: usize, p3: usize, depth: i32): void {
  let d = 0;
  for (; d + 4 <= depth; d += 4) {
    const r0 = v128.load(p0);
    const r1 = v128.load(p1);
    const r2 = v128.load(p2);
    const r3 = v128.load(p3);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
    v128.store(to + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
    v128.store(to + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
    to += 4 * step;
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
  }
  for (; d < depth; d++) {
    store<f32>(to, load<f32>(p0));
    store<f32>(to, load<f32>(p1), 4);
    store<f32>(to, load<f32>(p2), 8);
    store<f32>(to, load<f32>(p3), 12);
    to += step;
    p0 += 4;
    p1 += 4;
    p2 += 4;
    p3 += 4;
  }
}

function turnOne(to: usize, step: usize, from: usize, depth: i32): void {
  for (let d = 0; d < depth; d++) {
    store<f32>(to, load<f32>(from));
    to += step;
    from += 4;
  }
}

/** Arguments: 0 target, 1 rows K, 2 columns N, 3 is b transposed, 4..6 b (its T, if it is transposed), 7 its inner rows, 8 panels a chunk. */
export function packB(chunk: i32, _thread: i32): void {
  const K = int(1);
  const N = int(2);
  const end = endOf(chunk, int(8), (N + TILE_COLS - 1) / TILE_COLS);
  for (let panel = chunk * int(8); panel < end; panel++) {
    const first = panel * TILE_COLS;
    const to = <usize>int(0) + <usize>panel * <usize>K * 32;
    packPanel(to, int(3), int(7), first, min(TILE_COLS, N - first), 0, K);
  }
}

/**
 * Packs all of a: for each part of DEPTH columns, its panels. Arguments: 0 target, 1 rows M, 2 columns K, 3 is a transposed,
 * 4..6 a (its T, if it is transposed), 7 its inner rows. A chunk is a part.
 */
export function packA(chunk: i32, _thread: i32): void {
  const M = int(1);
  const k = chunk * DEPTH;
  packRows(partOfA(int(0), M, k), int(3), int(7), 0, M, k, min(DEPTH, int(2) - k));
}

// @ts-ignore: decorator
@inline
function partOfA(start: i32, M: i32, k: i32): usize {
  const padded = ((M + TILE_ROWS - 1) / TILE_ROWS) * TILE_ROWS;
  return <usize>start + <usize>k * <usize>padded * 4;
}

/**
 * A block of out. Arguments: 0 M, 1 N, 2 K, 3 is a transposed, 4..6 a (its T, if it is transposed), 7 its inner rows, 8 packed b,
 * 9..11 out, 12 its inner rows, 13 accumulate, 14 rows and 15 panels a chunk, 16 bias, or 0. Chunks
 * that lie beneath each other follow each other, since they read the same panels of b.
 *
 * Rows of a that lie as the innermost loop wants them are read where they are.
 */
export function multiplyRows(chunk: i32, thread: i32): void {
  const N = int(1);
  const K = int(2);
  const transposed = int(3);
  const packed = SCRATCH + <usize>thread * SCRATCH_BYTES;
  const beneath = (int(0) + int(14) - 1) / int(14);
  const firstPanel = (chunk / beneath) * int(15);
  const lastPanel = endOf(chunk / beneath, int(15), (N + TILE_COLS - 1) / TILE_COLS);
  const end = endOf(chunk % beneath, int(14), int(0));
  for (let first = (chunk % beneath) * int(14); first < end; first += BLOCK_ROWS) {
    const blockEnd = min(first + BLOCK_ROWS, end);
    writeAddresses(packed + ADDRESSES, 9, int(12), first, blockEnd);
    if (!transposed) writeAddresses(packed, 4, int(7), first, blockEnd);
    for (let k = 0; k < K; k += DEPTH) {
      const depth = min(DEPTH, K - k);
      const mode = modeAt(k);
      if (transposed) packRows(packed, 1, int(7), first, blockEnd, k, depth);
      for (let panel = firstPanel; panel < lastPanel; panel++) {
        const b = <usize>int(8) + (<usize>panel * <usize>K + <usize>k) * 32;
        if (transposed) tiles(packed, b, PACKED, depth, packed + ADDRESSES, blockEnd - first, panel, N, mode);
        else tilesOfRows(packed, k, b, depth, packed + ADDRESSES, blockEnd - first, panel, N, mode);
      }
    }
  }
}

/**
 * Columns of out, which has at most BLOCK_ROWS rows. Arguments: 0 M, 1 N, 2 K, 3 is b transposed, 4..6 b (its T, if it is
 * transposed), 7 its inner rows, 8 packed b, or 0, 9..11 out, 12 its inner rows, 13 accumulate, 14 packed a, 15 panels a chunk,
 * 16 bias, or 0, 17 where the sum of the rows of b is added, or 0, 18 how many bytes lie between two rows of b if its panels are
 * to be read where they are, or 0.
 */
export function multiplyColumns(chunk: i32, thread: i32): void {
  const M = int(0);
  const N = int(1);
  const K = int(2);
  const packedB = <usize>int(8);
  const sums = <usize>int(17);
  const scratch = SCRATCH + <usize>thread * SCRATCH_BYTES;
  const end = endOf(chunk, int(15), (N + TILE_COLS - 1) / TILE_COLS);
  writeAddresses(scratch + ADDRESSES, 9, int(12), 0, M);
  for (let k = 0; k < K; k += DEPTH) {
    const depth = min(DEPTH, K - k);
    const mode = modeAt(k);
    const a = partOfA(int(14), M, k);
    for (let panel = chunk * int(15); panel < end; panel++) {
      const cols = min(TILE_COLS, N - panel * TILE_COLS);
      let b = packedB + (<usize>panel * <usize>K + <usize>k) * PACKED;
      let step = PACKED;
      if (int(18) && cols == TILE_COLS) {
        b = rowOf(4, int(7), k) + (<usize>panel << 5);
        step = <usize>int(18);
      } else if (!packedB) {
        b = scratch;
        packPanel(b, int(3), int(7), panel * TILE_COLS, cols, k, depth);
      }
      tiles(a, b, step, depth, scratch + ADDRESSES, M, panel, N, mode);
      if (sums) addPanel(sums + (<usize>panel << 5), b, step, depth, cols);
    }
  }
}

/** What becomes of the sums of a tile: they are put, added, or put with a bias added. */
const PUT: i32 = 0;
const ADD: i32 = 1;
const BIAS: i32 = 2;

// @ts-ignore: decorator
@inline
function modeAt(k: i32): i32 {
  if (k > 0 || int(13)) return ADD;
  return int(16) ? BIAS : PUT;
}

function writeAddresses(to: usize, matrix: i32, inner: i32, first: i32, end: i32): void {
  for (let row = first; row < end; row++) {
    store<usize>(to + (<usize>(row - first) << 2), rowOf(matrix, inner, row));
  }
}

/** Adds the sum of the rows of a panel to the 1 to 8 numbers at `to`. */
function addPanel(to: usize, panel: usize, step: usize, depth: i32, cols: i32): void {
  let left = f32x4.splat(0);
  let right = left;
  for (let d = 0; d < depth; d++) {
    left = f32x4.add(left, v128.load(panel));
    right = f32x4.add(right, v128.load(panel, 16));
    panel += step;
  }
  storeRow(to, left, right, cols, ADD, 0);
}

/** One panel of b with rows of a, whose addresses these are, from column k on. */
// @ts-ignore: decorator
@inline
function tilesOfRows(
  starts: usize,
  k: i32,
  b: usize,
  depth: i32,
  addresses: usize,
  rows: i32,
  panel: i32,
  N: i32,
  mode: i32,
): void {
  const cols = min(TILE_COLS, N - panel * TILE_COLS);
  for (let row = 0; row < rows; row += TILE_ROWS) {
    const count = min(TILE_ROWS, rows - row);
    tileOfRows(starts, <usize>k << 2, b, depth, addresses, count, <usize>panel << 5, cols, mode);
    starts += TILE_ROWS * 4;
    addresses += TILE_ROWS * 4;
  }
}

/** One panel of b with all packed rows of a. */
// @ts-ignore: decorator
@inline
function tiles(
  a: usize,
  b: usize,
  step: usize,
  depth: i32,
  addresses: usize,
  rows: i32,
  panel: i32,
  N: i32,
  mode: i32,
): void {
  const cols = min(TILE_COLS, N - panel * TILE_COLS);
  for (let row = 0; row < rows; row += TILE_ROWS) {
    const count = min(TILE_ROWS, rows - row);
    if (count > 2) tile(a, b, step, depth, addresses, count, <usize>panel << 5, cols, mode);
    else {
      for (let i = 0; i < count; i++) {
        const to = load<usize>(addresses + (<usize>i << 2)) + (<usize>panel << 5);
        rowTile(a + (<usize>i << 2), b, step, depth, to, <usize>panel << 5, cols, mode);
      }
    }
    a += <usize>depth * 20;
    addresses += TILE_ROWS * 4;
  }
}

/** One tile of sums, at `offset` in the rows of out at these addresses; so many bytes lie between the rows of b. */
function tile(
  a: usize,
  b: usize,
  step: usize,
  depth: i32,
  addresses: usize,
  rows: i32,
  offset: usize,
  cols: i32,
  mode: i32,
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
  const end = a + <usize>depth * 20;
  while (a < end) {
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
    b += step;
  }
  const bias = <usize>int(16) + offset;
  storeRow(load<usize>(addresses) + offset, c00, c01, cols, mode, bias);
  if (rows > 1) storeRow(load<usize>(addresses, 4) + offset, c10, c11, cols, mode, bias);
  if (rows > 2) storeRow(load<usize>(addresses, 8) + offset, c20, c21, cols, mode, bias);
  if (rows > 3) storeRow(load<usize>(addresses, 12) + offset, c30, c31, cols, mode, bias);
  if (rows > 4) storeRow(load<usize>(addresses, 16) + offset, c40, c41, cols, mode, bias);
}

/** One row of a packed panel, where a tile would compute rows that are missing: four numbers of the common axis side by side. */
function rowTile(
  a: usize,
  b: usize,
  step: usize,
  depth: i32,
  to: usize,
  offset: usize,
  cols: i32,
  mode: i32,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    let x = v128.load32_splat(a);
    c00 = madd(x, v128.load(b), c00);
    c01 = madd(x, v128.load(b, 16), c01);
    b += step;
    x = v128.load32_splat(a, 20);
    c10 = madd(x, v128.load(b), c10);
    c11 = madd(x, v128.load(b, 16), c11);
    b += step;
    x = v128.load32_splat(a, 40);
    c20 = madd(x, v128.load(b), c20);
    c21 = madd(x, v128.load(b, 16), c21);
    b += step;
    x = v128.load32_splat(a, 60);
    c30 = madd(x, v128.load(b), c30);
    c31 = madd(x, v128.load(b, 16), c31);
    b += step;
    a += 80;
  }
  for (; k < depth; k++) {
    const x = v128.load32_splat(a);
    c00 = madd(x, v128.load(b), c00);
    c01 = madd(x, v128.load(b, 16), c01);
    b += step;
    a += 20;
  }
  const left = f32x4.add(f32x4.add(c00, c10), f32x4.add(c20, c30));
  const right = f32x4.add(f32x4.add(c01, c11), f32x4.add(c21, c31));
  storeRow(to, left, right, cols, mode, <usize>int(16) + offset);
}

/** The same from rows of a that were not packed: missing ones are read as the first. The tile of sums is at `offset` in the rows of out at these addresses. */
function tileOfRows(
  starts: usize,
  from: usize,
  b: usize,
  depth: i32,
  addresses: usize,
  rows: i32,
  offset: usize,
  cols: i32,
  mode: i32,
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
  let a0 = load<usize>(starts) + from;
  let a1 = rows > 1 ? load<usize>(starts, 4) + from : a0;
  let a2 = rows > 2 ? load<usize>(starts, 8) + from : a0;
  let a3 = rows > 3 ? load<usize>(starts, 12) + from : a0;
  let a4 = rows > 4 ? load<usize>(starts, 16) + from : a0;
  const end = b + (<usize>depth << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = madd(x, b0, c00);
    c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = madd(x, b0, c10);
    c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = madd(x, b0, c20);
    c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = madd(x, b0, c30);
    c31 = madd(x, b1, c31);
    x = v128.load32_splat(a4);
    c40 = madd(x, b0, c40);
    c41 = madd(x, b1, c41);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
    b += 32;
  }
  const bias = <usize>int(16) + offset;
  storeRow(load<usize>(addresses) + offset, c00, c01, cols, mode, bias);
  if (rows > 1) storeRow(load<usize>(addresses, 4) + offset, c10, c11, cols, mode, bias);
  if (rows > 2) storeRow(load<usize>(addresses, 8) + offset, c20, c21, cols, mode, bias);
  if (rows > 3) storeRow(load<usize>(addresses, 12) + offset, c30, c31, cols, mode, bias);
  if (rows > 4) storeRow(load<usize>(addresses, 16) + offset, c40, c41, cols, mode, bias);
}

// @ts-ignore: decorator
@inline
function storeRow(to: usize, left: v128, right: v128, cols: i32, mode: i32, bias: usize): void {
  if (cols < TILE_COLS) {
    storeEdge(to, left, right, cols, mode, bias);
    return;
  }
  if (mode != PUT) {
    const from = mode == ADD ? to : bias;
    left = f32x4.add(left, v128.load(from));
    right = f32x4.add(right, v128.load(from, 16));
  }
  v128.store(to, left);
  v128.store(to, right, 16);
}

/** The last panel of a matrix whose columns are no multiple of 8. */
function storeEdge(to: usize, left: v128, right: v128, cols: i32, mode: i32, bias: usize): void {
  const from = mode == ADD ? to : bias;
  if (mode != PUT) {
    left = f32x4.add(left, load4(from, cols));
    if (cols > 4) right = f32x4.add(right, load4(from + 16, cols - 4));
  }
  store4(to, left, cols);
  if (cols > 4) store4(to + 16, right, cols - 4);
}
