import { load4, madd, one, sigmoid4, store4, tanh4 } from './math';
import { endOf, int, rowOf } from './memory';

// Arguments: 0 rows N, 1 columns H, 2 unused, 3 rows a chunk, then three words for each matrix (N, …) from 4 on. All of them
// are single steps, whose rows are outer rows: rowOf with one inner row.

// @ts-ignore: decorator
@inline
function step(matrix: i32, row: i32): usize {
  return rowOf(matrix, 1 << 30, row);
}

// Where the input gate of an LSTM comes from. Each has kernels of its own, in which nothing is left to ask.
const OWN: i32 = 0;
const CAPPED: i32 = 1; // at 1 - f
const COUPLED: i32 = 2; // is 1 - f, and lies nowhere

/** Where o lies in a row of gates of this width. */
// @ts-ignore: decorator
@inline
function beforeO(width: usize, inputGate: i32): usize {
  return inputGate == COUPLED ? 2 * width : 3 * width;
}

/** 4 hNext, 7 c, 10 cNext, 13 gate */
// @ts-ignore: decorator
@inline
function lstmStep(chunk: i32, inputGate: i32): void {
  const H = int(1);
  const width = <usize>H << 2;
  for (let n = chunk * int(3); n < endOf(chunk, int(3), int(0)); n++) {
    const hNext = step(4, n);
    const c = step(7, n);
    const cNext = step(10, n);
    const gate = step(13, n);
    for (let j = 0; j < H; j += 4) {
      const at = <usize>j << 2;
      const p = gate + at;
      const left = H - j;
      const f = sigmoid4(load4(p, left));
      const g = tanh4(load4(p + width, left));
      let input: v128;
      if (inputGate == COUPLED) {
        input = f32x4.sub(one(), f);
      } else {
        input = sigmoid4(load4(p + 2 * width, left));
      }
      const o = sigmoid4(load4(p + beforeO(width, inputGate), left));
      store4(p, f, left);
      store4(p + width, g, left);
      if (inputGate != COUPLED) store4(p + 2 * width, input, left);
      store4(p + beforeO(width, inputGate), o, left);
      if (inputGate == CAPPED) input = f32x4.pmin(input, f32x4.sub(one(), f));
      const next = madd(f, load4(c + at, left), f32x4.mul(g, input));
      store4(cNext + at, next, left);
      store4(hNext + at, f32x4.mul(o, tanh4(next)), left);
    }
  }
}

export function lstmCell(chunk: i32, _thread: i32): void {
  lstmStep(chunk, OWN);
}

export function lstmCellCapped(chunk: i32, _thread: i32): void {
  lstmStep(chunk, CAPPED);
}

export function lstmCellCoupled(chunk: i32, _thread: i32): void {
  lstmStep(chunk, COUPLED);
}

/** 4 dgate, 7 dc, 10 dh, 13 gate, 16 c, 19 cNext */
// @ts-ignore: decorator
@inline
function lstmStepBackward(chunk: i32, inputGate: i32): void {
  const H = int(1);
  const width = <usize>H << 2;
  for (let n = chunk * int(3); n < endOf(chunk, int(3), int(0)); n++) {
    const dgate = step(4, n);
    const dc = step(7, n);
    const dh = step(10, n);
    const gate = step(13, n);
    const c = step(16, n);
    const cNext = step(19, n);
    for (let j = 0; j < H; j += 4) {
      const at = <usize>j << 2;
      const left = H - j;
      const f = load4(gate + at, left);
      const g = load4(gate + width + at, left);
      const o = load4(gate + beforeO(width, inputGate) + at, left);
      const tanhC = tanh4(load4(cNext + at, left));
      const dhNext = load4(dh + at, left);
      const dcNext = madd(
        f32x4.mul(dhNext, o),
        f32x4.sub(one(), f32x4.mul(tanhC, tanhC)),
        load4(dc + at, left),
      );
      const to = dgate + at;
      const dinput = f32x4.mul(dcNext, g);
      let df = f32x4.mul(dcNext, load4(c + at, left));
      let input: v128;
      if (inputGate == COUPLED) {
        input = f32x4.sub(one(), f);
        df = f32x4.sub(df, dinput);
      } else {
        const i = load4(gate + 2 * width + at, left);
        let di = f32x4.mul(dinput, f32x4.mul(i, f32x4.sub(one(), i)));
        input = i;
        if (inputGate == CAPPED) {
          const most = f32x4.sub(one(), f);
          const isCapped = f32x4.gt(i, most);
          input = v128.bitselect(most, i, isCapped);
          df = f32x4.sub(df, v128.and(dinput, isCapped));
          di = v128.andnot(di, isCapped);
        }
        store4(to + 2 * width, di, left);
      }
      store4(to, f32x4.mul(df, f32x4.mul(f, f32x4.sub(one(), f))), left);
      store4(to + width, f32x4.mul(f32x4.mul(dcNext, input), f32x4.sub(one(), f32x4.mul(g, g))), left);
      const dO = f32x4.mul(f32x4.mul(dhNext, tanhC), f32x4.mul(o, f32x4.sub(one(), o)));
      store4(to + beforeO(width, inputGate), dO, left);
      store4(dc + at, f32x4.mul(dcNext, f), left);
    }
  }
}

export function lstmCellBackward(chunk: i32, _thread: i32): void {
  lstmStepBackward(chunk, OWN);
}

export function lstmCellCappedBackward(chunk: i32, _thread: i32): void {
  lstmStepBackward(chunk, CAPPED);
}

export function lstmCellCoupledBackward(chunk: i32, _thread: i32): void {
  lstmStepBackward(chunk, COUPLED);
}

/** 4 rh, 7 gate, 10 h */
export function gruGates(chunk: i32, _thread: i32): void {
  const H = int(1);
  const width = <usize>H << 2;
  for (let n = chunk * int(3); n < endOf(chunk, int(3), int(0)); n++) {
    const rh = step(4, n);
    const gate = step(7, n);
    const h = step(10, n);
    for (let j = 0; j < H; j += 4) {
      const at = <usize>j << 2;
      const left = H - j;
      store4(gate + at, sigmoid4(load4(gate + at, left)), left);
      const r = sigmoid4(load4(gate + width + at, left));
      store4(gate + width + at, r, left);
      store4(rh + at, f32x4.mul(r, load4(h + at, left)), left);
    }
  }
}

/** 4 hNext, 7 gate, 10 h */
export function gruCell(chunk: i32, _thread: i32): void {
  const H = int(1);
  const width = <usize>H << 2;
  for (let n = chunk * int(3); n < endOf(chunk, int(3), int(0)); n++) {
    const hNext = step(4, n);
    const gate = step(7, n);
    const h = step(10, n);
    for (let j = 0; j < H; j += 4) {
      const at = <usize>j << 2;
      const left = H - j;
      const z = load4(gate + at, left);
      const candidate = tanh4(load4(gate + 2 * width + at, left));
      store4(gate + 2 * width + at, candidate, left);
      const kept = f32x4.mul(f32x4.sub(one(), z), load4(h + at, left));
      store4(hNext + at, madd(z, candidate, kept), left);
    }
  }
}

/** 4 dgate, 7 dh, 10 gate, 13 h */
export function gruCellBackward(chunk: i32, _thread: i32): void {
  const H = int(1);
  const width = <usize>H << 2;
  for (let n = chunk * int(3); n < endOf(chunk, int(3), int(0)); n++) {
    const dgate = step(4, n);
    const dh = step(7, n);
    const gate = step(10, n);
    const h = step(13, n);
    for (let j = 0; j < H; j += 4) {
      const at = <usize>j << 2;
      const left = H - j;
      const z = load4(gate + at, left);
      const candidate = load4(gate + 2 * width + at, left);
      const d = load4(dh + at, left);
      const notZ = f32x4.sub(one(), z);
      const dz = f32x4.mul(d, f32x4.sub(candidate, load4(h + at, left)));
      store4(dgate + at, f32x4.mul(dz, f32x4.mul(z, notZ)), left);
      const slope = f32x4.sub(one(), f32x4.mul(candidate, candidate));
      store4(dgate + 2 * width + at, f32x4.mul(f32x4.mul(d, z), slope), left);
      store4(dh + at, f32x4.mul(d, notZ), left);
    }
  }
}

/** 4 dgate, 7 dh, 10 drh, 13 gate, 16 h */
export function gruGatesBackward(chunk: i32, _thread: i32): void {
  const H = int(1);
  const width = <usize>H << 2;
  for (let n = chunk * int(3); n < endOf(chunk, int(3), int(0)); n++) {
    const dr = step(4, n) + width;
    const dh = step(7, n);
    const drh = step(10, n);
    const gate = step(13, n) + width;
    const h = step(16, n);
    for (let j = 0; j < H; j += 4) {
      const at = <usize>j << 2;
      const left = H - j;
      const r = load4(gate + at, left);
      const d = load4(drh + at, left);
      store4(dr + at, f32x4.mul(f32x4.mul(d, load4(h + at, left)), f32x4.mul(r, f32x4.sub(one(), r))), left);
      store4(dh + at, madd(d, r, load4(dh + at, left)), left);
    }
  }
}
