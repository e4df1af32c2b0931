import type { Summary } from './summarize.ts';

type Order = (a: Summary, b: Summary) => number;

const missing = (value: number | undefined, otherwise: number): number =>
  value === undefined || Number.isNaN(value) ? otherwise : value;
const least =
  (of: (summary: Summary) => number | undefined): Order =>
  (a, b) => {
    const [first, second] = [a, b].map((summary) => missing(of(summary), Number.POSITIVE_INFINITY));
    // Not their difference: that of two infinities is no number.
    return first < second ? -1 : first > second ? 1 : 0;
  };

/** By what the runs can be put in order: the best, the fastest, the shortest first. */
export const orders: Readonly<Record<string, Order>> = {
  perplexity: least(({ best }) => best?.perplexity),
  loss: least(({ lastLoss }) => lastLoss),
  speed: least(({ tokensPerSecond }) => -missing(tokensPerSecond, 0)),
  steps: least(({ steps }) => steps),
  time: least(({ seconds }) => seconds),
};

export const compareOrders: readonly string[] = Object.keys(orders);
