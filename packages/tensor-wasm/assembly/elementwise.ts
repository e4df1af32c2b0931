import { load4, loadSome, madd, one, sigmoid4, store4, sum4, tanh4 } from './math';
import { endOf, float, int, listed, PARTIAL, rowOf } from './memory';

// Arguments of all of these: 0 rows, 1 columns, 2 inner rows, 3 rows a chunk, then three words for each matrix, from 4 on.

/** 4 x, 7 the four bytes to fill with */
export function fill(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const word = int(7);
  const value = i32x4.splat(word);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const p = rowOf(4, int(2), listed(row));
    let j = 0;
    for (; j + 4 <= cols; j += 4) v128.store(p + (<usize>j << 2), value);
    for (; j < cols; j++) store<i32>(p + (<usize>j << 2), word);
  }
}

/** 4 out, 7 x; 10 and 11: how many bytes lie between two columns of each */
export function copy(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const outStep = int(10);
  const step = int(11);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    let to = rowOf(4, int(2), row);
    let from = rowOf(7, int(2), row);
    if (outStep == 4 && step == 4) {
      memory.copy(to, from, <usize>cols << 2);
    } else {
      for (let j = 0; j < cols; j++) {
        store<i32>(to, load<i32>(from));
        to += outStep;
        from += step;
      }
    }
  }
}

/** 4 out, 7 x */
export function add(chunk: i32, _thread: i32): void {
  const cols = int(1);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      store4(to + at, f32x4.add(load4(to + at, cols - j), load4(from + at, cols - j)), cols - j);
    }
  }
}

/** 4 out, 7 x, 10 factor */
export function addScaled(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const factor = f32x4.splat(float(10));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      store4(to + at, madd(factor, load4(from + at, cols - j), load4(to + at, cols - j)), cols - j);
    }
  }
}

/** 4 out, 7 x, 10 weight */
export function lerp(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const weight = f32x4.splat(float(10));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    let j = 0;
    for (; j + 8 <= cols; j += 8) {
      const p = to + (<usize>j << 2);
      const q = from + (<usize>j << 2);
      const first = v128.load(p);
      const second = v128.load(p, 16);
      v128.store(p, madd(weight, f32x4.sub(v128.load(q), first), first));
      v128.store(p, madd(weight, f32x4.sub(v128.load(q, 16), second), second), 16);
    }
    for (; j < cols; j += 4) {
      const at = <usize>j << 2;
      const old = load4(to + at, cols - j);
      store4(to + at, madd(weight, f32x4.sub(load4(from + at, cols - j), old), old), cols - j);
    }
  }
}

/** 4 out, 7 a, 10 b */
export function multiply(chunk: i32, _thread: i32): void {
  const cols = int(1);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const a = rowOf(7, int(2), row);
    const b = rowOf(10, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      store4(to + at, f32x4.mul(load4(a + at, cols - j), load4(b + at, cols - j)), cols - j);
    }
  }
}

/** 4 out, 7 x, 10 factors, which lie side by side */
export function scaleRows(chunk: i32, _thread: i32): void {
  const cols = int(1);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    const factor = v128.load32_splat(<usize>int(10) + (<usize>row << 2));
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      store4(to + at, f32x4.mul(load4(from + at, cols - j), factor), cols - j);
    }
  }
}

/** 4 x, 7 factor */
export function scale(chunk: i32, _thread: i32): void {
  scaleAll(chunk, float(7));
}

function scaleAll(chunk: i32, by: f32): void {
  const cols = int(1);
  const factor = f32x4.splat(by);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const p = rowOf(4, int(2), listed(row));
    for (let j = 0; j < cols; j += 4) {
      const at = p + (<usize>j << 2);
      store4(at, f32x4.mul(load4(at, cols - j), factor), cols - j);
    }
  }
}

/** 4 x, 7 out (one row), 8 columns a chunk, a multiple of 4: each chunk sums its columns over all rows, eight rows at a time */
export function addSumRows(chunk: i32, _thread: i32): void {
  const rows = int(0);
  const inner = int(2);
  const end = endOf(chunk, int(8), int(1));
  const first = chunk * int(8);
  const out = <usize>int(7);
  let row = 0;
  for (; row + 8 <= rows; row += 8) {
    const p0 = rowOf(4, inner, row);
    const p1 = rowOf(4, inner, row + 1);
    const p2 = rowOf(4, inner, row + 2);
    const p3 = rowOf(4, inner, row + 3);
    const p4 = rowOf(4, inner, row + 4);
    const p5 = rowOf(4, inner, row + 5);
    const p6 = rowOf(4, inner, row + 6);
    const p7 = rowOf(4, inner, row + 7);
    for (let j = first; j < end; j += 4) {
      const at = <usize>j << 2;
      const left = end - j;
      const a = f32x4.add(load4(p0 + at, left), load4(p1 + at, left));
      const b = f32x4.add(load4(p2 + at, left), load4(p3 + at, left));
      const c = f32x4.add(load4(p4 + at, left), load4(p5 + at, left));
      const d = f32x4.add(load4(p6 + at, left), load4(p7 + at, left));
      const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
      store4(out + at, f32x4.add(load4(out + at, left), sum), left);
    }
  }
  for (; row < rows; row++) {
    const p = rowOf(4, inner, row);
    for (let j = first; j < end; j += 4) {
      const at = <usize>j << 2;
      store4(out + at, f32x4.add(load4(out + at, end - j), load4(p + at, end - j)), end - j);
    }
  }
}

/** 4 out, 7 x */
export function sigmoid(chunk: i32, _thread: i32): void {
  const cols = int(1);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      store4(to + at, sigmoid4(load4(from + at, cols - j)), cols - j);
    }
  }
}

/** 4 dx, 7 dout, 10 out */
export function sigmoidBackward(chunk: i32, _thread: i32): void {
  const cols = int(1);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    const outs = rowOf(10, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      const y = load4(outs + at, cols - j);
      const d = f32x4.mul(load4(from + at, cols - j), f32x4.mul(y, f32x4.sub(one(), y)));
      store4(to + at, d, cols - j);
    }
  }
}

/** 4 out, 7 x */
export function tanh(chunk: i32, _thread: i32): void {
  const cols = int(1);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      store4(to + at, tanh4(load4(from + at, cols - j)), cols - j);
    }
  }
}

/** 4 dx, 7 dout, 10 out */
export function tanhBackward(chunk: i32, _thread: i32): void {
  const cols = int(1);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const to = rowOf(4, int(2), row);
    const from = rowOf(7, int(2), row);
    const outs = rowOf(10, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      const y = load4(outs + at, cols - j);
      const slope = f32x4.sub(one(), f32x4.mul(y, y));
      store4(to + at, f32x4.mul(load4(from + at, cols - j), slope), cols - j);
    }
  }
}

/** 4 x; leaves the sum of the squares of each chunk, as a double, in PARTIAL */
export function sumSquares(chunk: i32, _thread: i32): void {
  const cols = int(1);
  let total: f64 = 0;
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const p = rowOf(4, int(2), listed(row));
    let j = 0;
    while (j < cols) {
      // Single precision for 1,024 numbers, double precision for the sums of those.
      const end = min(j + 1024, cols);
      let sum = f32x4.splat(0);
      let other = f32x4.splat(0);
      for (; j + 8 <= end; j += 8) {
        const x = v128.load(p + (<usize>j << 2));
        const y = v128.load(p + (<usize>j << 2), 16);
        sum = madd(x, x, sum);
        other = madd(y, y, other);
      }
      for (; j < end; j += 4) {
        const x = end - j >= 4 ? v128.load(p + (<usize>j << 2)) : loadSome(p + (<usize>j << 2), end - j);
        sum = madd(x, x, sum);
      }
      j = end;
      total += <f64>sum4(f32x4.add(sum, other));
    }
  }
  store<f64>(PARTIAL + (<usize>chunk << 3), total);
}

/** Adds up what `chunks` chunks left in PARTIAL, in their order. */
export function sumPartials(chunks: i32): f64 {
  let total: f64 = 0;
  for (let chunk = 0; chunk < chunks; chunk++) total += load<f64>(PARTIAL + (<usize>chunk << 3));
  return total;
}

/** 4 x, 7 norm (where it lies), 8 maxNorm */
export function clip(chunk: i32, _thread: i32): void {
  const rate = float(8) / (load<f32>(<usize>int(7)) + 1e-6);
  if (rate < 1) scaleAll(chunk, rate);
}

/** 4 out, 7 W, 10 ids; the ids lie side by side */
export function gather(chunk: i32, _thread: i32): void {
  const bytes = <usize>int(1) << 2;
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const id = load<i32>(<usize>int(10) + (<usize>row << 2));
    memory.copy(rowOf(4, int(2), row), rowOf(7, 1 << 30, id), bytes);
  }
}

/** 4 dout, 7 dW, 10 ids, which lie side by side; all rows at once, since ids repeat */
export function scatterAdd(_chunk: i32, _thread: i32): void {
  const cols = int(1);
  for (let row = 0; row < int(0); row++) {
    const id = load<i32>(<usize>int(10) + (<usize>row << 2));
    const to = rowOf(7, 1 << 30, id);
    const from = rowOf(4, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      store4(to + at, f32x4.add(load4(to + at, cols - j), load4(from + at, cols - j)), cols - j);
    }
  }
}

/** Where the first id is that is neither below `limit` nor `ignore`; -1 if there is none. */
export function findBadId(ids: usize, count: i32, limit: i32, ignore: i32): i32 {
  for (let i = 0; i < count; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    if ((id < 0 || id >= limit) && id != ignore) return i;
  }
  return -1;
}
