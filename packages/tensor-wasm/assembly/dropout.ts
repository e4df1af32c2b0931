import { endOf, float, int, rowOf } from './memory';

/** Arguments as in elementwise.ts: 4 out, 7 x, 10 threshold, 11 factor, 12 and 13 the key, 14 the call. */
export function dropout(chunk: i32, _thread: i32): void {
  const cols = int(1);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    let to = rowOf(4, int(2), row);
    let from = rowOf(7, int(2), row);
    let element = <u32>row * <u32>cols;
    const end = element + <u32>cols;
    let words: u64 = 0;
    if (element & 1) words = threefry(element >> 1);
    while (element < end) {
      if (!(element & 1)) words = threefry(element >> 1);
      const word = element & 1 ? <u32>(words >> 32) : <u32>words;
      store<f32>(to, word >= <u32>int(10) ? load<f32>(from) * float(11) : 0);
      to += 4;
      from += 4;
      element++;
    }
  }
}

/** Threefry-2x32 with 20 rounds, both words in one: see threefry2x32 in @unroll/tensor. */
function threefry(block: u32): u64 {
  let a = <u32>int(12);
  let b = <u32>int(13);
  let c = a ^ b ^ 0x1bd11bda;
  let x = block + a;
  let y = <u32>int(14) + b;
  for (let group: u32 = 0; group < 5; group++) {
    if (group & 1) {
      x += y;
      y = rotl<u32>(y, 17) ^ x;
      x += y;
      y = rotl<u32>(y, 29) ^ x;
      x += y;
      y = rotl<u32>(y, 16) ^ x;
      x += y;
      y = rotl<u32>(y, 24) ^ x;
    } else {
      x += y;
      y = rotl<u32>(y, 13) ^ x;
      x += y;
      y = rotl<u32>(y, 15) ^ x;
      x += y;
      y = rotl<u32>(y, 26) ^ x;
      x += y;
      y = rotl<u32>(y, 6) ^ x;
    }
    const first = a;
    a = b;
    b = c;
    c = first;
    x += a;
    y += b + group + 1;
  }
  return (<u64>y << 32) | <u64>x;
}
