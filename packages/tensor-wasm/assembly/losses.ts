import { addTo, max4, scaledExp, sumBelow, sumExp } from './math';
import { endOf, float, int, PARTIAL, rowOf } from './memory';

/**
 * Arguments: 0 rows, 1 columns V, 2 inner rows, 3 rows a chunk, 4..6 scores, 7 labels, 8 normalizers (both side by side),
 * 9 ignoreLabel, 10 smoothing. Leaves the sum of the losses of each chunk in PARTIAL.
 */
export function softmaxCrossEntropy(chunk: i32, _thread: i32): void {
  const V = int(1);
  const smoothing = <f64>float(10);
  let total: f64 = 0;
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const label = load<i32>(<usize>int(7) + (<usize>row << 2));
    if (label == int(9)) continue;
    const p = rowOf(4, int(2), row);
    let m0 = f32x4.splat(load<f32>(p));
    let m1 = m0;
    let m2 = m0;
    let m3 = m0;
    let j = 0;
    for (; j + 16 <= V; j += 16) {
      const at = p + (<usize>j << 2);
      m0 = f32x4.pmax(m0, v128.load(at));
      m1 = f32x4.pmax(m1, v128.load(at, 16));
      m2 = f32x4.pmax(m2, v128.load(at, 32));
      m3 = f32x4.pmax(m3, v128.load(at, 48));
    }
    let greatest = max4(f32x4.pmax(f32x4.pmax(m0, m1), f32x4.pmax(m2, m3)));
    for (; j < V; j++) greatest = max(greatest, load<f32>(p + (<usize>j << 2)));

    // Taken from the greatest score, no exponential overflows and at least one is 1.
    const sum = sumExp(p, V, greatest);
    const normalizer = <usize>int(8) + (<usize>row << 3);
    store<f32>(normalizer, greatest);
    store<f32>(normalizer, <f32>sum, 4);
    let target = <f64>load<f32>(p + (<usize>label << 2)) - <f64>greatest;
    if (smoothing > 0) target += smoothing * (sumBelow(p, V, greatest) / <f64>V - target);
    total += NativeMath.log(sum) - target;
  }
  store<f64>(PARTIAL + (<usize>chunk << 3), total);
}

/** Arguments 0 to 9 as above, and 10..12 dscores, 13 where the count lies, 14 dout, 15 smoothing. */
export function softmaxCrossEntropyBackward(chunk: i32, _thread: i32): void {
  const V = int(1);
  const factor = float(14) / load<f32>(<usize>int(13));
  const smoothing = float(15);
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const label = load<i32>(<usize>int(7) + (<usize>row << 2));
    const to = rowOf(10, int(2), row);
    if (label == int(9)) {
      memory.fill(to, 0, <usize>V << 2);
      continue;
    }
    const p = rowOf(4, int(2), row);
    const normalizer = <usize>int(8) + (<usize>row << 3);
    scaledExp(to, p, V, load<f32>(normalizer), factor / load<f32>(normalizer, 4));
    if (smoothing > 0) addTo(to, V, (-factor * smoothing) / <f32>V);
    const hit = to + (<usize>label << 2);
    store<f32>(hit, load<f32>(hit) - factor * (1 - smoothing));
  }
}

/** How many of the labels count. */
export function countLabels(labels: usize, count: i32, ignore: i32): i32 {
  let counted = 0;
  for (let i = 0; i < count; i++) counted += i32(load<i32>(labels + (<usize>i << 2)) != ignore);
  return counted;
}

/** Arguments: 0 rows, 1 columns, 2 inner rows, 3 rows a chunk, 4..6 scores, 7..9 labels, 10 ignoreLabel. */
export function sigmoidCrossEntropy(chunk: i32, _thread: i32): void {
  let total: f64 = 0;
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const p = rowOf(4, int(2), row);
    const labels = rowOf(7, int(2), row);
    for (let j = 0; j < int(1); j++) {
      const label = load<i32>(labels + (<usize>j << 2));
      if (label == int(10)) continue;
      const x = <f64>load<f32>(p + (<usize>j << 2));
      total += max(x, 0) - x * <f64>label + NativeMath.log1p(NativeMath.exp(-abs(x)));
    }
  }
  store<f64>(PARTIAL + (<usize>chunk << 3), total);
}

/** Arguments as above, and 11..13 dscores, 14 where the count lies, 15 dout. */
export function sigmoidCrossEntropyBackward(chunk: i32, _thread: i32): void {
  const factor = <f64>float(15) / <f64>load<f32>(<usize>int(14));
  for (let row = chunk * int(3); row < endOf(chunk, int(3), int(0)); row++) {
    const p = rowOf(4, int(2), row);
    const labels = rowOf(7, int(2), row);
    const to = rowOf(11, int(2), row);
    for (let j = 0; j < int(1); j++) {
      const at = <usize>j << 2;
      const label = load<i32>(labels + at);
      const probability = 1 / (1 + NativeMath.exp(-<f64>load<f32>(p + at)));
      store<f32>(to + at, label == int(10) ? 0 : <f32>((probability - <f64>label) * factor));
    }
  }
}
