import { load4, madd, store4 } from './math';
import { endOf, int } from './memory';

// Arguments of both: 0 sequences N, 1 columns H, 2 steps T, 3 sequences a chunk, then three words for each tensor (N, T, H) from 4
// on, and 23 columns a chunk. A chunk goes through all steps of some columns of some sequences.

/** Where a step of a sequence begins. */
// @ts-ignore: decorator
@inline
function step(tensor: i32, n: i32, t: i32): usize {
  return <usize>(int(tensor) + n * int(tensor + 1) + t * int(tensor + 2));
}

/** How many chunks there are of the columns. */
// @ts-ignore: decorator
@inline
function columnChunks(): i32 {
  return (int(1) + int(23) - 1) / int(23);
}

/** 4 hs, 7 a, 10 b */
export function recurrence(chunk: i32, _thread: i32): void {
  const part = chunk % columnChunks();
  const group = chunk / columnChunks();
  const end = endOf(part, int(23), int(1));
  for (let n = group * int(3); n < endOf(group, int(3), int(0)); n++) {
    for (let t = 0; t < int(2); t++) {
      const from = step(4, n, t);
      const to = step(4, n, t + 1);
      const a = step(7, n, t);
      const b = step(10, n, t);
      for (let j = part * int(23); j < end; j += 4) {
        const at = <usize>j << 2;
        const left = end - j;
        store4(to + at, madd(load4(a + at, left), load4(from + at, left), load4(b + at, left)), left);
      }
    }
  }
}

/** 4 da, 7 db, 10 dh (N, H), 13 dhs, 16 a, 19 hs */
export function recurrenceBackward(chunk: i32, _thread: i32): void {
  const part = chunk % columnChunks();
  const group = chunk / columnChunks();
  const end = endOf(part, int(23), int(1));
  for (let n = group * int(3); n < endOf(group, int(3), int(0)); n++) {
    const dh = step(10, 0, n);
    for (let t = int(2) - 1; t >= 0; t--) {
      const da = step(4, n, t);
      const db = step(7, n, t);
      const dhs = step(13, n, t);
      const a = step(16, n, t);
      const h = step(19, n, t);
      for (let j = part * int(23); j < end; j += 4) {
        const at = <usize>j << 2;
        const left = end - j;
        const d = f32x4.add(load4(dhs + at, left), load4(dh + at, left));
        store4(db + at, d, left);
        store4(da + at, f32x4.mul(d, load4(h + at, left)), left);
        store4(dh + at, f32x4.mul(d, load4(a + at, left)), left);
      }
    }
  }
}
