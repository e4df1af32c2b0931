/** How strongly a number is to be coloured: from -1, all of the negative colour, over 0 to 1. */
export function shadeOf(value: number, greatest: number): number {
  if (!Number.isFinite(value)) return Math.sign(value);
  return greatest > 0 ? Math.max(-1, Math.min(1, value / greatest)) : 0;
}

/** What is full colour among these numbers: 1, or the greatest of them if one is greater. */
export function greatestOf(values: readonly number[]): number {
  return values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1);
}

/** In a few characters: 0.42, -1.3, 12.5, 3e-4 */
export function shortNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e5) return String(value);
  const size = Math.abs(value);
  if (size >= 1e5 || (size < 5e-4 && size > 0)) return value.toExponential(0).replace('e+', 'e');
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(size < 0.1 ? 3 : 2);
}
