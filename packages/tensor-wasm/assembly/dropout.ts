import { endOf, float, int, rowOf } from './memory';

/** Arguments as in elementwise.ts: 4 out, 7 x, 10 threshold, 11 factor, 12 and 13 the key, 14 the call. */
export function dropout(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const threshold = i32x4.splat(int(10));
  const factor = f32x4.splat(float(11));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    let to = rowOf(4, int(2), row);
    let from = rowOf(7, int(2), row);
    let element = <u32>row * <u32>cols;
    const end = element + <u32>cols;
    if (element & 1 && element < end) {
      dropOne(to, from, element);
      to += 4;
      from += 4;
      element++;
    }
    while (element + 8 <= end) {
      threefry4(element >> 1);
      keep4(to, from, 0, v128.shuffle<i32>(xs, ys, 0, 4, 1, 5), threshold, factor);
      keep4(to, from, 16, v128.shuffle<i32>(xs, ys, 2, 6, 3, 7), threshold, factor);
      to += 32;
      from += 32;
      element += 8;
    }
    while (element < end) {
      dropOne(to, from, element);
      to += 4;
      from += 4;
      element++;
    }
  }
}

// @ts-expect-error: top level decorator
@inline
function keep4(to: usize, from: usize, at: usize, words: v128, threshold: v128, factor: v128): void {
  const kept = i32x4.ge_u(words, threshold);
  v128.store(to + at, v128.and(kept, f32x4.mul(v128.load(from + at), factor)));
}

/** The few at the edges of a row: a block of the cipher for one word of it. */
function dropOne(to: usize, from: usize, element: u32): void {
  threefry4(element >> 1);
  const word = i32x4.extract_lane(element & 1 ? ys : xs, 0);
  store<f32>(to, <u32>word >= <u32>int(10) ? load<f32>(from) * float(11) : 0);
}

/** What threefry4 gives: two words of each of four blocks. */
let xs: v128 = i32x4.splat(0);
let ys: v128 = i32x4.splat(0);

/** Threefry-2x32 with 20 rounds of four blocks that follow each other: see threefry2x32 in @unroll/tensor. */
function threefry4(block: u32): void {
  let a = i32x4.splat(int(12));
  let b = i32x4.splat(int(13));
  let c = v128.xor(v128.xor(a, b), i32x4.splat(0x1bd11bda));
  let x = i32x4.add(i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3)), a);
  let y = i32x4.add(i32x4.splat(int(14)), b);
  for (let group = 0; group < 5; group++) {
    if (group & 1) {
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 17), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 29), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 16), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 24), x);
    } else {
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 13), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 15), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 26), x);
      x = i32x4.add(x, y);
      y = v128.xor(rotate(y, 6), x);
    }
    const first = a;
    a = b;
    b = c;
    c = first;
    x = i32x4.add(x, a);
    y = i32x4.add(i32x4.add(y, b), i32x4.splat(group + 1));
  }
  xs = x;
  ys = y;
}

// @ts-expect-error: top level decorator
@inline
function rotate(word: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(word, bits), i32x4.shr_u(word, 32 - bits));
}
