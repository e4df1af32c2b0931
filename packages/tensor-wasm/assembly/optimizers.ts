import { load4, store4 } from './math';
import { endOf, float, int, listed, rowOf } from './memory';

// Arguments: 0 rows, 1 columns, 2 inner rows, 3 rows a chunk, 4..6 W, 7..9 dW, 10..12 and 13..15 the optimizer's own, and
// from 16 on its numbers. One pass over all of them.

/** 16 lr */
export function sgd(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const lr = f32x4.splat(float(16));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const w = rowOf(4, int(2), listed(row));
    const dw = rowOf(7, int(2), listed(row));
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      const left = cols - j;
      store4(w + at, f32x4.sub(load4(w + at, left), f32x4.mul(lr, load4(dw + at, left))), left);
    }
  }
}

/** 16 lr, 17 decay */
export function sgdWithDecay(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const lr = f32x4.splat(float(16));
  const decay = f32x4.splat(float(17));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const w = rowOf(4, int(2), row);
    const dw = rowOf(7, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      const left = cols - j;
      // Both together are taken off: of 1 - decay, few digits of a small decay would be left.
      const old = load4(w + at, left);
      const moved = f32x4.add(f32x4.mul(decay, old), f32x4.mul(lr, load4(dw + at, left)));
      store4(w + at, f32x4.sub(old, moved), left);
    }
  }
}

/** 16 lr, 17 momentum */
export function momentum(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const lr = f32x4.splat(float(16));
  const mu = f32x4.splat(float(17));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const w = rowOf(4, int(2), row);
    const dw = rowOf(7, int(2), row);
    const v = rowOf(10, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      const left = cols - j;
      const next = f32x4.sub(f32x4.mul(mu, load4(v + at, left)), f32x4.mul(lr, load4(dw + at, left)));
      store4(v + at, next, left);
      store4(w + at, f32x4.add(load4(w + at, left), next), left);
    }
  }
}

/** 16 lr, 17 momentum, 18 momentum^2, 19 (1 + momentum) * lr */
export function nesterov(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const lr = f32x4.splat(float(16));
  const mu = f32x4.splat(float(17));
  const muSquared = f32x4.splat(float(18));
  const ahead = f32x4.splat(float(19));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const w = rowOf(4, int(2), row);
    const dw = rowOf(7, int(2), row);
    const v = rowOf(10, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      const left = cols - j;
      const old = load4(v + at, left);
      const d = load4(dw + at, left);
      const moved = f32x4.sub(f32x4.mul(muSquared, old), f32x4.mul(ahead, d));
      store4(w + at, f32x4.add(load4(w + at, left), moved), left);
      store4(v + at, f32x4.sub(f32x4.mul(mu, old), f32x4.mul(lr, d)), left);
    }
  }
}

/** 16 lr, 17 eps */
export function adagrad(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const lr = f32x4.splat(float(16));
  const eps = f32x4.splat(float(17));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const w = rowOf(4, int(2), row);
    const dw = rowOf(7, int(2), row);
    const h = rowOf(10, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      const left = cols - j;
      const d = load4(dw + at, left);
      const sum = f32x4.add(load4(h + at, left), f32x4.mul(d, d));
      store4(h + at, sum, left);
      const moved = f32x4.div(f32x4.mul(lr, d), f32x4.add(f32x4.sqrt(sum), eps));
      store4(w + at, f32x4.sub(load4(w + at, left), moved), left);
    }
  }
}

/** 16 lr, 17 decay, 18 eps, 19 1 - decay */
export function rmsprop(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const lr = f32x4.splat(float(16));
  const decay = f32x4.splat(float(17));
  const eps = f32x4.splat(float(18));
  const fresh = f32x4.splat(float(19));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const w = rowOf(4, int(2), row);
    const dw = rowOf(7, int(2), row);
    const h = rowOf(10, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      const left = cols - j;
      const d = load4(dw + at, left);
      const mean = f32x4.add(f32x4.mul(decay, load4(h + at, left)), f32x4.mul(fresh, f32x4.mul(d, d)));
      store4(h + at, mean, left);
      const moved = f32x4.div(f32x4.mul(lr, d), f32x4.add(f32x4.sqrt(mean), eps));
      store4(w + at, f32x4.sub(load4(w + at, left), moved), left);
    }
  }
}

/** 16 lr, 17 1 - beta1, 18 1 - beta2, 19 eps, 20 decay */
export function adam(chunk: i32, _thread: i32): void {
  const cols = int(1);
  const lr = f32x4.splat(float(16));
  const fresh1 = f32x4.splat(float(17));
  const fresh2 = f32x4.splat(float(18));
  const eps = f32x4.splat(float(19));
  const decay = f32x4.splat(float(20));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const w = rowOf(4, int(2), row);
    const dw = rowOf(7, int(2), row);
    const m = rowOf(10, int(2), row);
    const v = rowOf(13, int(2), row);
    for (let j = 0; j < cols; j += 4) {
      const at = <usize>j << 2;
      const left = cols - j;
      const d = load4(dw + at, left);
      const mean = load4(m + at, left);
      const mNext = f32x4.add(mean, f32x4.mul(fresh1, f32x4.sub(d, mean)));
      const square = load4(v + at, left);
      const vNext = f32x4.add(square, f32x4.mul(fresh2, f32x4.sub(f32x4.mul(d, d), square)));
      store4(m + at, mNext, left);
      store4(v + at, vNext, left);
      const step = f32x4.div(f32x4.mul(lr, mNext), f32x4.add(f32x4.sqrt(vNext), eps));
      // Together, as in sgdWithDecay.
      const old = load4(w + at, left);
      store4(w + at, f32x4.sub(old, f32x4.add(f32x4.mul(decay, old), step)), left);
    }
  }
}
