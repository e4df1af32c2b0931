import { load4, madd, store4, sum4 } from './math';
import { endOf, float, int, rowOf } from './memory';

// Arguments: 0 rows, 1 columns D, 2 inner rows, 3 rows a chunk, then three words for each matrix from 4 on; stats lie side by side.

/** Four numbers, less `mean`; where a row has ended, 0. */
// @ts-ignore: decorator
@inline
function centered(p: usize, left: i32, mean: v128): v128 {
  if (left >= 4) return f32x4.sub(v128.load(p), mean);
  const x = f32x4.sub(load4(p, left), mean);
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(left)));
}

/** 4 out, 7 x, 10 gain, 13 bias, 16 stats, 17 eps */
export function layerNorm(chunk: i32, _thread: i32): void {
  const D = int(1);
  const gain = <usize>int(10);
  const bias = <usize>int(13);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    let sum = f32x4.splat(0);
    for (let j = 0; j < D; j += 4) sum = f32x4.add(sum, load4(from + (<usize>j << 2), D - j));
    const near = sum4(sum) / <f32>D;

    // How far that mean is off shows in what is left of it: so no digit is lost in a row that lies far from 0.
    const around = f32x4.splat(near);
    let rest = f32x4.splat(0);
    let squares = f32x4.splat(0);
    for (let j = 0; j < D; j += 4) {
      const x = centered(from + (<usize>j << 2), D - j, around);
      rest = f32x4.add(rest, x);
      squares = madd(x, x, squares);
    }
    const off = sum4(rest) / <f32>D;
    const variance = max<f32>(sum4(squares) / <f32>D - off * off, 0);
    const rate: f32 = 1 / sqrt<f32>(variance + float(17));

    const shift = f32x4.splat(off);
    const by = f32x4.splat(rate);
    for (let j = 0; j < D; j += 4) {
      const at = <usize>j << 2;
      const left = D - j;
      const x = f32x4.sub(f32x4.sub(load4(from + at, left), around), shift);
      store4(to + at, madd(f32x4.mul(x, by), load4(gain + at, left), load4(bias + at, left)), left);
    }
    const stats = <usize>int(16) + (<usize>row << 3);
    store<f32>(stats, near + off);
    store<f32>(stats, rate, 4);
  }
}

/** 4 dx, 7 dout, 10 x, 13 gain, 16 stats */
export function layerNormBackward(chunk: i32, _thread: i32): void {
  const D = int(1);
  const gain = <usize>int(13);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    const xs = rowOf(10, int(2), row);
    const stats = <usize>int(16) + (<usize>row << 3);
    const mean = v128.load32_splat(stats);
    const rate = v128.load32_splat(stats, 4);
    // Of y, the normalized row: the sums of dy and of dy * y, whose means are what the normalization takes away.
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    for (let j = 0; j < D; j += 4) {
      const at = <usize>j << 2;
      const left = D - j;
      const y = f32x4.mul(f32x4.sub(load4(xs + at, left), mean), rate);
      const dy = f32x4.mul(load4(from + at, left), load4(gain + at, left));
      sum = f32x4.add(sum, dy);
      product = madd(dy, y, product);
    }
    const dyMean = f32x4.splat(sum4(sum) / <f32>D);
    const dyyMean = f32x4.splat(sum4(product) / <f32>D);
    for (let j = 0; j < D; j += 4) {
      const at = <usize>j << 2;
      const left = D - j;
      const y = f32x4.mul(f32x4.sub(load4(xs + at, left), mean), rate);
      const dy = f32x4.mul(load4(from + at, left), load4(gain + at, left));
      const moved = f32x4.sub(f32x4.sub(dy, dyMean), f32x4.mul(y, dyyMean));
      store4(to + at, f32x4.mul(rate, moved), left);
    }
  }
}

/** 7 dout, 10 x, 16 stats, 17 dgain, 20 dbias, 23 columns a chunk, a multiple of 4: each chunk sums its columns over all rows. */
export function layerNormGrads(chunk: i32, _thread: i32): void {
  const dgain = <usize>int(17);
  const dbias = <usize>int(20);
  const end = endOf(chunk, int(23), int(1));
  for (let row = 0; row < int(0); row++) {
    const from = rowOf(7, int(2), row);
    const xs = rowOf(10, int(2), row);
    const stats = <usize>int(16) + (<usize>row << 3);
    const mean = v128.load32_splat(stats);
    const rate = v128.load32_splat(stats, 4);
    for (let j = chunk * int(23); j < end; j += 4) {
      const at = <usize>j << 2;
      const left = end - j;
      const d = load4(from + at, left);
      const y = f32x4.mul(f32x4.sub(load4(xs + at, left), mean), rate);
      store4(dgain + at, madd(d, y, load4(dgain + at, left)), left);
      store4(dbias + at, f32x4.add(load4(dbias + at, left), d), left);
    }
  }
}
