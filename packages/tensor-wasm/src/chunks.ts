import { FEW_ROWS } from './layout.ts';

// How calls are cut into chunks, by their shapes alone, so that the number of threads makes no difference.

/**
 * Into how many chunks so many multiplications are cut: none so small that handing it out would cost more than a few percent,
 * none so large that the other threads would wait long for the last.
 */
export function chunksFor(multiplications: number): number {
  return Math.min(Math.max(16, Math.ceil(multiplications / 1.6e7)), Math.ceil(multiplications / 4e5), 512);
}

/** How many columns a chunk of a sum over all rows has. */
export const columnsFor = (rows: number): number => Math.ceil(Math.max(262144 / rows, 64) / 64) * 64;

/** Products of fewer multiplications are not worth the way outside. */
export const LEAST_OUTSIDE = 8e6;

/** Less than that: as one chunk, a product would be one thread's alone. */
const CHUNK_OUTSIDE = 6e6;

/**
 * How many rows and columns a chunk of a product outside has. The longer side is cut, never into slices so thin that packing the
 * other operand anew for each would be felt.
 */
export function outsideBlockFor(M: number, N: number, K: number): [rows: number, columns: number] {
  const wanted = Math.ceil((M * N * K) / CHUNK_OUTSIDE);
  const cut = (length: number, unit: number) => {
    const most = Math.max(1, Math.min(wanted, 16, Math.floor(length / 128)));
    const chunks = 2 ** Math.floor(Math.log2(most)); // which most numbers of threads share evenly
    return Math.ceil(length / chunks / unit) * unit;
  };
  return M > N ? [cut(M, 8), N] : [M, cut(N, 16)];
}

/**
 * How many rows and panels of 8 columns a chunk of a product has. The nearer to a square, the less often a and b are read; but
 * where rows of a must be packed first, more columns are to make up for it.
 */
export function blockFor(M: number, N: number, K: number, packs: boolean): [rows: number, panels: number] {
  const panels = Math.ceil(N / 8);
  const area = (M * N) / chunksFor(M * N * K);
  const columns = Math.max(Math.min(N, 256), Math.sqrt(area));
  const most = packs ? FEW_ROWS : Math.max(5, Math.min(FEW_ROWS, area / columns));
  const rows = Math.ceil(M / Math.ceil(M / most) / 5) * 5;
  if (packs && M / rows >= 16) return [rows, panels];
  const groups = Math.ceil(panels / Math.max(1, Math.round(area / rows / 8)));
  return [rows, Math.ceil(panels / groups)];
}
