import type { Tensor } from '../tensor.ts';
import type { PackedMatmul } from './matmul.ts';
import { expectMatrix, floats } from './storage.ts';

export function affine(matmul: PackedMatmul, out: Tensor, x: Tensor, W: Tensor, b: Tensor): void {
  expectMatrix('affine', 'b', b, 1, W.cols);
  const bs = floats('affine', b);
  const os = floats('affine', out);
  matmul.run('affine', out, x, W, false);
  for (const start of out.rowStarts) {
    for (let j = 0; j < out.cols; j++) os[start + j] += bs[b.offset + j];
  }
}

export function affineGrads(matmul: PackedMatmul, dW: Tensor, db: Tensor, x: Tensor, dout: Tensor): void {
  expectMatrix('affineGrads', 'db', db, 1, dout.cols);
  const dbs = floats('affineGrads', db);
  const ds = floats('affineGrads', dout);
  matmul.run('affineGrads', dW, x.T, dout, true);
  for (let j = 0; j < dout.cols; j++) {
    let sum = 0;
    for (const start of dout.rowStarts) sum += ds[start + j];
    dbs[db.offset + j] += sum;
  }
}
