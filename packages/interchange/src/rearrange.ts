import type { NamedArray } from '@unroll/checkpoint';

/** W (R, C) to (C, R) */
export function transposed({ dtype, shape: [R, C], data }: NamedArray): NamedArray {
  const out = data.slice();
  for (let r = 0; r < R; r++) {
    for (let c = 0; c < C; c++) out[c * R + r] = data[r * C + c];
  }
  return { dtype, shape: [C, R], data: out };
}

/** The gates, blocks of the same size that follow each other, in another order: `reordered(b, 'fgio', 'ifgo')`. */
export function reordered({ dtype, shape, data }: NamedArray, from: string, to: string): NamedArray {
  const size = data.length / from.length;
  const out = data.slice();
  for (let at = 0; at < to.length; at++) {
    const begin = from.indexOf(to[at]) * size;
    out.set(data.subarray(begin, begin + size), at * size);
  }
  return { dtype, shape, data: out };
}

/** One of the gates, which are blocks of the same size that follow each other, with its sign changed. */
export function negated({ dtype, shape, data }: NamedArray, gates: string, gate: string): NamedArray {
  const size = data.length / gates.length;
  const begin = gates.indexOf(gate) * size;
  const out = data.slice();
  for (let at = begin; at < begin + size; at++) out[at] = -out[at];
  return { dtype, shape, data: out };
}
