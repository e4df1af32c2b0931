import { ShapeError, ValueError } from '../errors.ts';
import { formatShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { addressOf, sigmoidOf } from './elementwise.ts';
import { expectMatrix, expectSame, floats, ints } from './storage.ts';

function expectLabels(operation: string, scores: Tensor, ts: Tensor): void {
  if (ts.size !== scores.rows) {
    throw new ShapeError(
      `${operation}: expected one label for each of the ${scores.rows} rows of scores ${formatShape(scores.shape)}, got ts ${formatShape(ts.shape)}`,
    );
  }
}

function expectLabel(
  operation: string,
  label: number,
  V: number,
  ignoreLabel: number,
  { shape }: Tensor,
  row: number,
): void {
  if (label >= 0 && label < V) return;
  throw new ValueError(
    `${operation}: expected labels from 0 to ${V - 1}, or ${ignoreLabel} to ignore, got ${label} at position ${row} of ${formatShape(shape)}`,
  );
}

export function softmaxCrossEntropy(
  loss: Tensor,
  count: Tensor,
  normalizers: Tensor,
  scores: Tensor,
  ts: Tensor,
  ignoreLabel: number,
  smoothing = 0,
): void {
  expectLabels('softmaxCrossEntropy', scores, ts);
  expectMatrix('softmaxCrossEntropy', 'normalizers', normalizers, scores.rows, 2);
  const ss = floats('softmaxCrossEntropy', scores);
  const ns = floats('softmaxCrossEntropy', normalizers);
  const labels = ints('softmaxCrossEntropy', ts);
  const V = scores.cols;
  let total = 0;
  let counted = 0;
  for (let row = 0; row < scores.rows; row++) {
    const label = labels[addressOf(ts, row)];
    if (label === ignoreLabel) continue;
    expectLabel('softmaxCrossEntropy', label, V, ignoreLabel, ts, row);
    const start = scores.rowStarts[row];
    let max = ss[start];
    for (let i = start + 1; i < start + V; i++) if (ss[i] > max) max = ss[i];
    // Taken from the greatest score, no exponential overflows and at least one is 1.
    let sum = 0;
    for (let i = start; i < start + V; i++) sum += Math.exp(ss[i] - max);
    ns[normalizers.rowStarts[row]] = max;
    ns[normalizers.rowStarts[row] + 1] = sum;
    let target = (1 - smoothing) * (ss[start + label] - max);
    if (smoothing > 0) {
      for (let i = start; i < start + V; i++) target += (smoothing / V) * (ss[i] - max);
    }
    total += Math.log(sum) - target;
    counted++;
  }
  floats('softmaxCrossEntropy', loss)[loss.offset] = counted === 0 ? 0 : total / counted;
  floats('softmaxCrossEntropy', count)[count.offset] = counted;
}

export function softmaxCrossEntropyBackward(
  dscores: Tensor,
  scores: Tensor,
  normalizers: Tensor,
  ts: Tensor,
  count: Tensor,
  ignoreLabel: number,
  dout: number,
  smoothing = 0,
): void {
  expectSame('softmaxCrossEntropyBackward', dscores, scores);
  expectLabels('softmaxCrossEntropyBackward', scores, ts);
  expectMatrix('softmaxCrossEntropyBackward', 'normalizers', normalizers, scores.rows, 2);
  const ds = floats('softmaxCrossEntropyBackward', dscores);
  const ss = floats('softmaxCrossEntropyBackward', scores);
  const ns = floats('softmaxCrossEntropyBackward', normalizers);
  const labels = ints('softmaxCrossEntropyBackward', ts);
  const V = scores.cols;
  const factor = dout / floats('softmaxCrossEntropyBackward', count)[count.offset];
  for (let row = 0; row < scores.rows; row++) {
    const label = labels[addressOf(ts, row)];
    const d = dscores.rowStarts[row];
    if (label === ignoreLabel) {
      ds.fill(0, d, d + V);
      continue;
    }
    expectLabel('softmaxCrossEntropyBackward', label, V, ignoreLabel, ts, row);
    const s = scores.rowStarts[row];
    const max = ns[normalizers.rowStarts[row]];
    const scale = factor / ns[normalizers.rowStarts[row] + 1];
    const shared = (factor * smoothing) / V;
    for (let j = 0; j < V; j++) ds[d + j] = Math.exp(ss[s + j] - max) * scale - shared;
    ds[d + label] -= factor * (1 - smoothing);
  }
}

export function sigmoidCrossEntropy(
  loss: Tensor,
  count: Tensor,
  scores: Tensor,
  ts: Tensor,
  ignoreLabel: number,
): void {
  expectSame('sigmoidCrossEntropy', scores, ts);
  const ss = floats('sigmoidCrossEntropy', scores);
  const labels = ints('sigmoidCrossEntropy', ts);
  let total = 0;
  let counted = 0;
  for (let index = 0; index < scores.size; index++) {
    const label = labels[addressOf(ts, index)];
    if (label === ignoreLabel) continue;
    if (label !== 0 && label !== 1) {
      throw new ValueError(
        `sigmoidCrossEntropy: expected labels 0 or 1, or ${ignoreLabel} to ignore, got ${label} at position ${index} of ${formatShape(ts.shape)}`,
      );
    }
    const x = ss[addressOf(scores, index)];
    // -log σ(x) = log(1 + e⁻ˣ) and -log(1 - σ(x)) = log(1 + eˣ), each from the side that does not overflow.
    total += Math.max(x, 0) - x * label + Math.log1p(Math.exp(-Math.abs(x)));
    counted++;
  }
  floats('sigmoidCrossEntropy', loss)[loss.offset] = counted === 0 ? 0 : total / counted;
  floats('sigmoidCrossEntropy', count)[count.offset] = counted;
}

export function sigmoidCrossEntropyBackward(
  dscores: Tensor,
  scores: Tensor,
  ts: Tensor,
  count: Tensor,
  ignoreLabel: number,
  dout: number,
): void {
  expectSame('sigmoidCrossEntropyBackward', dscores, scores);
  expectSame('sigmoidCrossEntropyBackward', scores, ts);
  const ds = floats('sigmoidCrossEntropyBackward', dscores);
  const ss = floats('sigmoidCrossEntropyBackward', scores);
  const labels = ints('sigmoidCrossEntropyBackward', ts);
  const factor = dout / floats('sigmoidCrossEntropyBackward', count)[count.offset];
  for (let index = 0; index < scores.size; index++) {
    const label = labels[addressOf(ts, index)];
    const x = ss[addressOf(scores, index)];
    ds[addressOf(dscores, index)] = label === ignoreLabel ? 0 : (sigmoidOf(x) - label) * factor;
  }
}
