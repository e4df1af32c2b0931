import { ShapeError } from '../errors.ts';
import { formatShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { type Floats, floats } from './storage.ts';

/** A tile of the result is 4 x 4: as many sums as a processor keeps in registers. */
const TILE = 4;
/** How much of the common axis is packed at a time: 4 rows of 256 doubles are 8 KB and stay in the first cache. */
const DEPTH = 256;
/** How many columns of b are packed at a time: 512 x 256 doubles are 1 MB and stay in the second cache. */
const WIDTH = 512;

/**
 * The matrix product, ordered for the cache after Goto and van de Geijn: Anatomy of high-performance matrix
 * multiplication (2008). Blocks of a and b are first copied ("packed") into the order in which the innermost loop reads
 * them; strides and transposition concern only the packing. Sums are kept in double precision.
 */
export class PackedMatmul {
  readonly #a = new Float64Array(TILE * DEPTH);
  readonly #b = new Float64Array(WIDTH * DEPTH);
  readonly #tile = new Float64Array(TILE * TILE);

  /** out (M, N) = a (M, K) @ b (K, N), or += */
  run(operation: string, out: Tensor, a: Tensor, b: Tensor, accumulate: boolean): void {
    const [M, K, N] = [a.rows, a.cols, b.cols];
    if (b.rows !== K || out.rows !== M || out.cols !== N) {
      throw new ShapeError(
        `${operation}: expected out (M, N), a (M, K), b (K, N), got ${[out, a, b].map((x) => formatShape(x.shape)).join(', ')}`,
      );
    }
    if (out.transposed) {
      // outᵀ = bᵀ @ aᵀ
      this.run(operation, out.T, b.T, a.T, accumulate);
      return;
    }
    const cs = floats(operation, out);
    const as = floats(operation, a.transposed ? a.T : a);
    const bs = floats(operation, b.transposed ? b.T : b);
    for (let k = 0; k < K; k += DEPTH) {
      const depth = Math.min(DEPTH, K - k);
      for (let n = 0; n < N; n += WIDTH) {
        const width = Math.min(WIDTH, N - n);
        for (let j = 0; j < width; j += TILE) {
          packLines(this.#b, j * depth, bs, b.T, n + j, Math.min(TILE, width - j), k, depth);
        }
        for (let m = 0; m < M; m += TILE) {
          const height = Math.min(TILE, M - m);
          packLines(this.#a, 0, as, a, m, height, k, depth);
          for (let j = 0; j < width; j += TILE) {
            multiplyTile(this.#tile, this.#a, this.#b, j * depth, depth);
            this.#store(cs, out, m, height, n + j, Math.min(TILE, width - j), accumulate || k > 0);
          }
        }
      }
    }
  }

  #store(
    cs: Floats,
    out: Tensor,
    row: number,
    height: number,
    col: number,
    width: number,
    accumulate: boolean,
  ): void {
    const tile = this.#tile;
    for (let i = 0; i < height; i++) {
      const start = out.rowStarts[row + i] + col;
      for (let j = 0; j < width; j++) {
        cs[start + j] = accumulate ? cs[start + j] + tile[i * TILE + j] : tile[i * TILE + j];
      }
    }
  }
}

/**
 * Copies `lines` rows of the matrix x, from column k on, side by side: element (line, depth) goes to
 * packed[at + depth * 4 + line]. Missing lines become zeros, so that the tile needs no edges.
 */
function packLines(
  packed: Float64Array,
  at: number,
  data: Floats,
  x: Tensor,
  first: number,
  lines: number,
  k: number,
  depth: number,
): void {
  if (lines < TILE) packed.fill(0, at, at + depth * TILE);
  if (x.transposed) {
    const starts = x.T.rowStarts;
    for (let d = 0; d < depth; d++) {
      const start = starts[k + d] + first;
      for (let line = 0; line < lines; line++) packed[at + d * TILE + line] = data[start + line];
    }
  } else {
    for (let line = 0; line < lines; line++) {
      const start = x.rowStarts[first + line] + k;
      for (let d = 0; d < depth; d++) packed[at + d * TILE + line] = data[start + d];
    }
  }
}

/** tile (4, 4) = the packed 4 rows of a times the packed 4 columns of b */
function multiplyTile(
  tile: Float64Array,
  a: Float64Array,
  b: Float64Array,
  bStart: number,
  depth: number,
): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let p = 0, q = bStart; p < depth * TILE; p += TILE, q += TILE) {
    const b0 = b[q];
    const b1 = b[q + 1];
    const b2 = b[q + 2];
    const b3 = b[q + 3];
    const a0 = a[p];
    const a1 = a[p + 1];
    const a2 = a[p + 2];
    const a3 = a[p + 3];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  tile[0] = c00;
  tile[1] = c01;
  tile[2] = c02;
  tile[3] = c03;
  tile[4] = c10;
  tile[5] = c11;
  tile[6] = c12;
  tile[7] = c13;
  tile[8] = c20;
  tile[9] = c21;
  tile[10] = c22;
  tile[11] = c23;
  tile[12] = c30;
  tile[13] = c31;
  tile[14] = c32;
  tile[15] = c33;
}
