/**
 * The mean of each value and its neighbours, as many on either side: a fortieth of all, fewer near the ends, so that the curve
 * neither lags behind nor is pulled aside there. What is no number is passed over, and stays none where there is nothing else.
 */
export function smooth(values: readonly number[]): number[] {
  const most = Math.round(values.length / 40);
  return values.map((_, i) => {
    const reach = Math.min(most, i, values.length - 1 - i);
    // Anew for each: after one huge number, running sums would have lost the small ones.
    const numbers = values.slice(i - reach, i + reach + 1).filter(Number.isFinite);
    return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  });
}
