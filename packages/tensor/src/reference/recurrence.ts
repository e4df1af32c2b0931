import { ShapeError } from '../errors.ts';
import { formatShape, sameShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { expectSame, floats } from './storage.ts';

export function recurrence(hs: Tensor, a: Tensor, b: Tensor): void {
  const [N, T, H] = a.shape;
  expectSame('recurrence', a, b);
  expectStates('recurrence', hs, a);
  const h = floats('recurrence', hs);
  const as = floats('recurrence', a);
  const bs = floats('recurrence', b);
  for (let t = 0; t < T; t++) {
    for (let n = 0; n < N; n++) {
      const [from, to] = [hs.at(t).rowStarts[n], hs.at(t + 1).rowStarts[n]];
      const [p, q] = [a.at(t).rowStarts[n], b.at(t).rowStarts[n]];
      for (let j = 0; j < H; j++) h[to + j] = as[p + j] * h[from + j] + bs[q + j];
    }
  }
}

export function recurrenceBackward(
  da: Tensor,
  db: Tensor,
  dh: Tensor,
  dhs: Tensor,
  a: Tensor,
  hs: Tensor,
): void {
  const [N, T, H] = a.shape;
  for (const x of [da, db, dhs]) expectSame('recurrenceBackward', a, x);
  expectStates('recurrenceBackward', hs, a);
  if (!sameShape(dh.shape, [N, H])) {
    throw new ShapeError(
      `recurrenceBackward: expected dh ${formatShape([N, H])}, got ${formatShape(dh.shape)}`,
    );
  }
  const das = floats('recurrenceBackward', da);
  const dbs = floats('recurrenceBackward', db);
  const d = floats('recurrenceBackward', dh);
  const ds = floats('recurrenceBackward', dhs);
  const as = floats('recurrenceBackward', a);
  const h = floats('recurrenceBackward', hs);
  for (let t = T - 1; t >= 0; t--) {
    for (let n = 0; n < N; n++) {
      const [toA, toB, from] = [da.at(t).rowStarts[n], db.at(t).rowStarts[n], dhs.at(t).rowStarts[n]];
      const [p, q, carry] = [a.at(t).rowStarts[n], hs.at(t).rowStarts[n], dh.rowStarts[n]];
      for (let j = 0; j < H; j++) {
        const dhNext = ds[from + j] + d[carry + j];
        das[toA + j] = dhNext * h[q + j];
        dbs[toB + j] = dhNext;
        d[carry + j] = dhNext * as[p + j];
      }
    }
  }
}

function expectStates(operation: string, hs: Tensor, { shape }: Tensor): void {
  const [N, T, H] = shape;
  if (!sameShape(hs.shape, [N, T + 1, H])) {
    throw new ShapeError(
      `${operation}: expected hs (${N}, ${T + 1}, ${H}) for a ${formatShape(shape)}, got ${formatShape(hs.shape)}`,
    );
  }
}
