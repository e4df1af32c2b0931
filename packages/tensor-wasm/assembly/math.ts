// Four numbers at a time. Constants lie in memory: an engine rebuilds v128.const in every turn of a loop.

// exp: Cephes' expf (Moshier): x = n ln 2 + r, a polynomial in r, times 2^n.
// tanh: Cephes' tanhf near 0, where exp(2x) would lose the digits; else 1 - 2 / (exp(2|x|) + 1).
const CONSTANTS: usize = memory.data<f32>(
  [
    // 0: bounds between which 2^n is a normal number
    -87.3, -87.3, -87.3, -87.3, 88.37, 88.37, 88.37, 88.37,
    // 32: log2 e, ln 2 in two parts
    1.44269504088896341, 1.44269504088896341, 1.44269504088896341, 1.44269504088896341,
    -0.693359375, -0.693359375, -0.693359375, -0.693359375,
    2.12194440e-4, 2.12194440e-4, 2.12194440e-4, 2.12194440e-4,
    // 80: the polynomial, highest power first
    1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4,
    1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3,
    8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3,
    4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2,
    1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1,
    5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1,
    // 176
    1.0, 1.0, 1.0, 1.0,
    // 192: tanh's polynomial
    -5.70498872745e-3, -5.70498872745e-3, -5.70498872745e-3, -5.70498872745e-3,
    2.06390887954e-2, 2.06390887954e-2, 2.06390887954e-2, 2.06390887954e-2,
    -5.37397155531e-2, -5.37397155531e-2, -5.37397155531e-2, -5.37397155531e-2,
    1.33314422036e-1, 1.33314422036e-1, 1.33314422036e-1, 1.33314422036e-1,
    -3.33332819422e-1, -3.33332819422e-1, -3.33332819422e-1, -3.33332819422e-1,
    // 272: where it ends
    0.625, 0.625, 0.625, 0.625,
    2.0, 2.0, 2.0, 2.0,
    // 304: 1.5 * 2^23: added to a small number, it leaves the nearest whole one in the last bits
    12582912.0, 12582912.0, 12582912.0, 12582912.0,
    // 320: 2^f, see tooling/fixtures/exp2_fit.py
    1.326472722e-3, 1.326472722e-3, 1.326472722e-3, 1.326472722e-3,
    9.671512656e-3, 9.671512656e-3, 9.671512656e-3, 9.671512656e-3,
    5.550733743e-2, 5.550733743e-2, 5.550733743e-2, 5.550733743e-2,
    0.2402224209, 0.2402224209, 0.2402224209, 0.2402224209,
    0.6931469776, 0.6931469776, 0.6931469776, 0.6931469776,
    // 400: the lowest power of e whose product with anything sensible is a normal number
    -64.0, -64.0, -64.0, -64.0,
  ],
  16,
);

/** a * b + c, in one rounding where the processor can. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
function constant(offset: usize): v128 {
  return v128.load(CONSTANTS + offset);
}

// @ts-ignore: decorator
@inline
export function one(): v128 {
  return constant(176);
}

// pmin and pmax are one instruction where min and max are eight; a number that is none (NaN) stays none when it comes first.
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, constant(0)), constant(16));
  const shifted = madd(x, constant(32), constant(304));
  const n = f32x4.sub(shifted, constant(304));
  const r = madd(n, constant(64), madd(n, constant(48), x));
  let p = madd(constant(80), r, constant(96));
  p = madd(p, r, constant(112));
  p = madd(p, r, constant(128));
  p = madd(p, r, constant(144));
  p = madd(p, r, constant(160));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), constant(176));
  // times 2^n, by adding n to the exponent
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(one(), f32x4.add(one(), exp4(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const e = exp4(f32x4.add(size, size));
  const far = f32x4.sub(one(), f32x4.div(constant(288), f32x4.add(e, one())));
  const signed = v128.or(far, v128.and(x, f32x4.splat(-0.0)));
  const s = f32x4.mul(x, x);
  let p = madd(constant(192), s, constant(208));
  p = madd(p, s, constant(224));
  p = madd(p, s, constant(240));
  p = madd(p, s, constant(256));
  const near = madd(f32x4.mul(p, s), x, x);
  return v128.bitselect(near, signed, f32x4.lt(size, constant(272)));
}

// @ts-ignore: decorator
@inline
export function sum4(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

// @ts-ignore: decorator
@inline
export function max4(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/** The first 1 to 3 numbers at p; the others are 0. Reads nothing behind them. */
// @ts-ignore: decorator
@inline
export function loadSome(p: usize, count: i32): v128 {
  let x = v128.load32_zero(p);
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(p, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(p, 8));
  return x;
}

// @ts-ignore: decorator
@inline
export function storeSome(p: usize, x: v128, count: i32): void {
  store<f32>(p, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(p, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(p, f32x4.extract_lane(x, 2), 8);
}

/** Four numbers at p, or as many as are left of a row. */
// @ts-ignore: decorator
@inline
export function load4(p: usize, left: i32): v128 {
  return left >= 4 ? v128.load(p) : loadSome(p, left);
}

// @ts-ignore: decorator
@inline
export function store4(p: usize, x: v128, left: i32): void {
  if (left >= 4) v128.store(p, x);
  else storeSome(p, x, left);
}

// exp(x - greatest) for a row of scores, none above the greatest: 2^n * 2^f with n + f = (x - greatest) * log2(e). Its relative
// error is below 2e-7 near 0 and grows with the distance, to 1e-6 at -64 (three times that without fused multiply-add). There it
// ends: an exponential of 1e-28 adds nothing to a sum that is at least 1, and what is smaller could become denormal in a product,
// for which processors take a hundred times longer. The constants are loaded before the loop, and one number after the other
// needs so few registers that they stay there.

// @ts-ignore: decorator
@inline
function expBelow(
  x: v128,
  lowest: v128,
  log2e: v128,
  round: v128,
  c5: v128,
  c4: v128,
  c3: v128,
  c2: v128,
  c1: v128,
  c0: v128,
): v128 {
  x = f32x4.pmax(x, lowest);
  const shifted = madd(x, log2e, round);
  const f = madd(x, log2e, f32x4.sub(round, shifted));
  let p = madd(c5, f, c4);
  p = madd(p, f, c3);
  p = madd(p, f, c2);
  p = madd(p, f, c1);
  p = madd(p, f, c0);
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** The sum of exp(x - greatest) over `count` numbers from p on. */
export function sumExp(p: usize, count: i32, greatest: f32): f64 {
  const base = f32x4.splat(greatest);
  const lowest = constant(400);
  const log2e = constant(32);
  const round = constant(304);
  const c5 = constant(320);
  const c4 = constant(336);
  const c3 = constant(352);
  const c2 = constant(368);
  const c1 = constant(384);
  const c0 = constant(176);
  let total: f64 = 0;
  let j = 0;
  while (j + 4 <= count) {
    // Single precision for 1,024 numbers, double precision for the sums of those.
    const end = min(j + 1024, count & ~3);
    let sum = f32x4.splat(0);
    for (; j < end; j += 4) {
      const x = f32x4.sub(v128.load(p), base);
      sum = f32x4.add(sum, expBelow(x, lowest, log2e, round, c5, c4, c3, c2, c1, c0));
      p += 16;
    }
    total += <f64>sum4(sum);
  }
  for (; j < count; j++) {
    const x = f32x4.splat(load<f32>(p) - greatest);
    total += <f64>f32x4.extract_lane(expBelow(x, lowest, log2e, round, c5, c4, c3, c2, c1, c0), 0);
    p += 4;
  }
  return total;
}

/** exp(x - greatest) * factor of `count` numbers. */
export function scaledExp(to: usize, from: usize, count: i32, greatest: f32, factor: f32): void {
  const base = f32x4.splat(greatest);
  const by = f32x4.splat(factor);
  const lowest = constant(400);
  const log2e = constant(32);
  const round = constant(304);
  const c5 = constant(320);
  const c4 = constant(336);
  const c3 = constant(352);
  const c2 = constant(368);
  const c1 = constant(384);
  const c0 = constant(176);
  for (; count >= 4; count -= 4) {
    const x = f32x4.sub(v128.load(from), base);
    v128.store(to, f32x4.mul(expBelow(x, lowest, log2e, round, c5, c4, c3, c2, c1, c0), by));
    from += 16;
    to += 16;
  }
  if (count > 0) {
    const x = f32x4.sub(loadSome(from, count), base);
    storeSome(to, f32x4.mul(expBelow(x, lowest, log2e, round, c5, c4, c3, c2, c1, c0), by), count);
  }
}

/** The sum of x - greatest over `count` numbers from p on. */
export function sumBelow(p: usize, count: i32, greatest: f32): f64 {
  const base = f32x4.splat(greatest);
  let total: f64 = 0;
  let j = 0;
  while (j + 4 <= count) {
    // As above.
    const end = min(j + 1024, count & ~3);
    let sum = f32x4.splat(0);
    for (; j < end; j += 4) sum = f32x4.add(sum, f32x4.sub(v128.load(p + (<usize>j << 2)), base));
    total += <f64>sum4(sum);
  }
  for (; j < count; j++) total += <f64>(load<f32>(p + (<usize>j << 2)) - greatest);
  return total;
}

/** Adds one number to `count` from p on. */
export function addTo(p: usize, count: i32, value: f32): void {
  const added = f32x4.splat(value);
  for (let j = 0; j < count; j += 4) {
    const at = p + (<usize>j << 2);
    store4(at, f32x4.add(load4(at, count - j), added), count - j);
  }
}
