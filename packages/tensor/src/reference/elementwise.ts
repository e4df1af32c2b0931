import { DTypeError, ShapeError, ValueError } from '../errors.ts';
import { formatShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { keyOf, threefry2x32 } from '../threefry.ts';
import { dataOf, expectMatrix, expectSame, floats, ints, sideBySide } from './storage.ts';

export function fill(x: Tensor, value: number): void {
  const xs = sideBySide('fill', x);
  for (const start of x.rowStarts) xs.fill(value, start, start + x.cols);
}

export function copy(out: Tensor, x: Tensor): void {
  expectSame('copy', out, x);
  if (out.dtype !== x.dtype) throw new DTypeError(`copy: expected ${out.dtype}, got ${x.dtype}`);
  const os = dataOf('copy', out);
  const xs = dataOf('copy', x);
  for (let i = 0; i < x.size; i++) os[addressOf(out, i)] = xs[addressOf(x, i)];
}

/** Where element `index` of any view, counted row after row, lies in its storage. */
export function addressOf(x: Tensor, index: number): number {
  const col = index % x.cols;
  const row = (index - col) / x.cols;
  const { rowStarts, strides } = x.transposed ? x.T : x;
  const stride = strides[strides.length - 1];
  return x.transposed ? rowStarts[col] + row * stride : rowStarts[row] + col * stride;
}

export function add(out: Tensor, x: Tensor, factor = 1): void {
  expectSame('add', out, x);
  const os = floats('add', out);
  const xs = floats('add', x);
  for (let row = 0; row < x.rows; row++) {
    const o = out.rowStarts[row];
    const i = x.rowStarts[row];
    for (let j = 0; j < x.cols; j++) os[o + j] += factor * xs[i + j];
  }
}

export function scale(out: Tensor, factor: number): void {
  const os = floats('scale', out);
  for (const start of out.rowStarts) {
    for (let i = start; i < start + out.cols; i++) os[i] *= factor;
  }
}

export function multiply(out: Tensor, a: Tensor, b: Tensor): void {
  expectSame('multiply', out, a);
  expectSame('multiply', out, b);
  const os = floats('multiply', out);
  const as = floats('multiply', a);
  const bs = floats('multiply', b);
  for (let row = 0; row < out.rows; row++) {
    const [o, p, q] = [out.rowStarts[row], a.rowStarts[row], b.rowStarts[row]];
    for (let j = 0; j < out.cols; j++) os[o + j] = as[p + j] * bs[q + j];
  }
}

export function scaleRows(out: Tensor, x: Tensor, factors: Tensor): void {
  expectSame('scaleRows', out, x);
  expectCount('scaleRows', 'factors', factors, x.rows);
  const os = floats('scaleRows', out);
  const xs = floats('scaleRows', x);
  const fs = floats('scaleRows', factors);
  for (let row = 0; row < x.rows; row++) {
    const factor = fs[addressOf(factors, row)];
    const o = out.rowStarts[row];
    const i = x.rowStarts[row];
    for (let j = 0; j < x.cols; j++) os[o + j] = xs[i + j] * factor;
  }
}

export function lerp(out: Tensor, x: Tensor, weight: number): void {
  expectSame('lerp', out, x);
  const os = floats('lerp', out);
  const xs = floats('lerp', x);
  for (let row = 0; row < x.rows; row++) {
    const o = out.rowStarts[row];
    const i = x.rowStarts[row];
    for (let j = 0; j < x.cols; j++) os[o + j] += weight * (xs[i + j] - os[o + j]);
  }
}

function expectCount(operation: string, name: string, x: Tensor, size: number): void {
  if (x.size !== size) {
    throw new ShapeError(
      `${operation}: expected ${name} (${size}), one for each row, got ${formatShape(x.shape)}`,
    );
  }
}

export function gather(out: Tensor, W: Tensor, ids: Tensor): void {
  expectMatrix('gather', 'out', out, ids.size, W.cols);
  const os = floats('gather', out);
  const ws = floats('gather', W);
  eachId('gather', W, ids, (row, id) => {
    const o = out.rowStarts[row];
    const w = W.rowStarts[id];
    for (let j = 0; j < W.cols; j++) os[o + j] = ws[w + j];
  });
}

export function scatterAdd(dW: Tensor, ids: Tensor, dout: Tensor): void {
  expectMatrix('scatterAdd', 'dout', dout, ids.size, dW.cols);
  const ws = floats('scatterAdd', dW);
  const ds = floats('scatterAdd', dout);
  eachId('scatterAdd', dW, ids, (row, id) => {
    const w = dW.rowStarts[id];
    const d = dout.rowStarts[row];
    for (let j = 0; j < dW.cols; j++) ws[w + j] += ds[d + j];
  });
}

function eachId(operation: string, W: Tensor, ids: Tensor, visit: (row: number, id: number) => void): void {
  if (W.transposed || W.shape.length !== 2) {
    const what = W.transposed ? `a transposed ${formatShape(W.shape)}` : formatShape(W.shape);
    throw new ShapeError(`${operation}: expected W (V, D), got ${what}`);
  }
  const is = ints(operation, ids);
  let row = 0;
  for (const start of ids.rowStarts) {
    for (let i = start; i < start + ids.cols; i++, row++) {
      if (is[i] < 0 || is[i] >= W.rows) {
        throw new ValueError(
          `${operation}: expected ids from 0 to ${W.rows - 1}, got ${is[i]} at position ${row} of ${formatShape(ids.shape)}`,
        );
      }
      visit(row, is[i]);
    }
  }
}

/** 1 / (1 + e⁻ˣ), from whichever side does not overflow. */
export function sigmoidOf(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

export function sigmoid(out: Tensor, x: Tensor): void {
  expectSame('sigmoid', out, x);
  const os = floats('sigmoid', out);
  const xs = floats('sigmoid', x);
  for (let row = 0; row < x.rows; row++) {
    const o = out.rowStarts[row];
    const i = x.rowStarts[row];
    for (let j = 0; j < x.cols; j++) os[o + j] = sigmoidOf(xs[i + j]);
  }
}

export function sigmoidBackward(dx: Tensor, dout: Tensor, out: Tensor): void {
  expectSame('sigmoidBackward', dx, dout);
  expectSame('sigmoidBackward', dx, out);
  const dxs = floats('sigmoidBackward', dx);
  const ds = floats('sigmoidBackward', dout);
  const os = floats('sigmoidBackward', out);
  for (let row = 0; row < dx.rows; row++) {
    const [r, d, o] = [dx.rowStarts[row], dout.rowStarts[row], out.rowStarts[row]];
    for (let j = 0; j < dx.cols; j++) dxs[r + j] = ds[d + j] * os[o + j] * (1 - os[o + j]);
  }
}

export function tanh(out: Tensor, x: Tensor): void {
  expectSame('tanh', out, x);
  const os = floats('tanh', out);
  const xs = floats('tanh', x);
  for (let row = 0; row < x.rows; row++) {
    const o = out.rowStarts[row];
    const i = x.rowStarts[row];
    for (let j = 0; j < x.cols; j++) os[o + j] = Math.tanh(xs[i + j]);
  }
}

export function tanhBackward(dx: Tensor, dout: Tensor, out: Tensor): void {
  expectSame('tanhBackward', dx, dout);
  expectSame('tanhBackward', dx, out);
  const dxs = floats('tanhBackward', dx);
  const ds = floats('tanhBackward', dout);
  const os = floats('tanhBackward', out);
  for (let row = 0; row < dx.rows; row++) {
    const [r, d, o] = [dx.rowStarts[row], dout.rowStarts[row], out.rowStarts[row]];
    for (let j = 0; j < dx.cols; j++) dxs[r + j] = ds[d + j] * (1 - os[o + j] ** 2);
  }
}

export function dropout(out: Tensor, x: Tensor, ratio: number, seed: number, call: number): void {
  expectSame('dropout', out, x);
  const os = floats('dropout', out);
  const xs = floats('dropout', x);
  const [key0, key1] = keyOf(seed);
  const threshold = ratio * 2 ** 32;
  const factor = 1 / (1 - ratio);
  const words = new Uint32Array(2);
  let element = 0;
  for (let row = 0; row < x.rows; row++) {
    const o = out.rowStarts[row];
    const i = x.rowStarts[row];
    for (let j = 0; j < x.cols; j++, element++) {
      const word = element & 1;
      if (word === 0) threefry2x32(words, key0, key1, element >>> 1, call);
      os[o + j] = words[word] >= threshold ? xs[i + j] * factor : 0;
    }
  }
}

export function addSumSquares(out: Tensor, x: Tensor): void {
  expectMatrix('addSumSquares', 'out', out, 1, 1);
  const xs = floats('addSumSquares', x);
  let sum = 0;
  for (const start of x.rowStarts) {
    for (let i = start; i < start + x.cols; i++) sum += xs[i] * xs[i];
  }
  floats('addSumSquares', out)[out.offset] += sum;
}

export function sqrt(norm: Tensor): void {
  expectMatrix('sqrt', 'norm', norm, 1, 1);
  const ns = floats('sqrt', norm);
  ns[norm.offset] = Math.sqrt(ns[norm.offset]);
}

export function clip(x: Tensor, norm: Tensor, maxNorm: number): void {
  expectMatrix('clip', 'norm', norm, 1, 1);
  const rate = maxNorm / (floats('clip', norm)[norm.offset] + 1e-6);
  if (rate < 1) scale(x, rate);
}
