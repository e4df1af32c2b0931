import type { Tensor } from '../tensor.ts';
import { expectMatrix, expectSame, floats } from './storage.ts';

export function layerNorm(
  out: Tensor,
  stats: Tensor,
  x: Tensor,
  gain: Tensor,
  bias: Tensor,
  eps: number,
): void {
  expectSame('layerNorm', out, x);
  expectMatrix('layerNorm', 'stats', stats, x.rows, 2);
  expectMatrix('layerNorm', 'gain', gain, 1, x.cols);
  expectMatrix('layerNorm', 'bias', bias, 1, x.cols);
  const os = floats('layerNorm', out);
  const xs = floats('layerNorm', x);
  const ss = floats('layerNorm', stats);
  const gs = floats('layerNorm', gain);
  const bs = floats('layerNorm', bias);
  const D = x.cols;
  for (let row = 0; row < x.rows; row++) {
    const o = out.rowStarts[row];
    const i = x.rowStarts[row];
    let mean = 0;
    for (let j = 0; j < D; j++) mean += xs[i + j] / D;
    let variance = 0;
    for (let j = 0; j < D; j++) variance += (xs[i + j] - mean) ** 2 / D;
    const rate = 1 / Math.sqrt(variance + eps);
    for (let j = 0; j < D; j++) {
      os[o + j] = (xs[i + j] - mean) * rate * gs[gain.offset + j] + bs[bias.offset + j];
    }
    ss[stats.rowStarts[row]] = mean;
    ss[stats.rowStarts[row] + 1] = rate;
  }
}

export function layerNormBackward(
  dx: Tensor,
  dgain: Tensor,
  dbias: Tensor,
  dout: Tensor,
  x: Tensor,
  stats: Tensor,
  gain: Tensor,
): void {
  expectSame('layerNormBackward', dx, dout);
  expectSame('layerNormBackward', dx, x);
  expectMatrix('layerNormBackward', 'stats', stats, x.rows, 2);
  for (const [name, vector] of Object.entries({ dgain, dbias, gain })) {
    expectMatrix('layerNormBackward', name, vector, 1, x.cols);
  }
  const dxs = floats('layerNormBackward', dx);
  const dgs = floats('layerNormBackward', dgain);
  const dbs = floats('layerNormBackward', dbias);
  const ds = floats('layerNormBackward', dout);
  const xs = floats('layerNormBackward', x);
  const ss = floats('layerNormBackward', stats);
  const gs = floats('layerNormBackward', gain);
  const D = x.cols;
  for (let row = 0; row < x.rows; row++) {
    const [r, d, i] = [dx.rowStarts[row], dout.rowStarts[row], x.rowStarts[row]];
    const mean = ss[stats.rowStarts[row]];
    const rate = ss[stats.rowStarts[row] + 1];
    // Of the normalized row y: dy, its mean, and the mean of dy * y, both of which the normalization takes away.
    let dyMean = 0;
    let dyyMean = 0;
    for (let j = 0; j < D; j++) {
      const y = (xs[i + j] - mean) * rate;
      const dy = ds[d + j] * gs[gain.offset + j];
      dyMean += dy / D;
      dyyMean += (dy * y) / D;
      dgs[dgain.offset + j] += ds[d + j] * y;
      dbs[dbias.offset + j] += ds[d + j];
    }
    for (let j = 0; j < D; j++) {
      const y = (xs[i + j] - mean) * rate;
      dxs[r + j] = rate * (ds[d + j] * gs[gain.offset + j] - dyMean - y * dyyMean);
    }
  }
}
