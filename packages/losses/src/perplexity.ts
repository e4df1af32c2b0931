/**
 * `exp(loss)`, for a mean loss in nats: among how many equally likely tokens the model hesitates, on average. A model that
 * knows nothing has a loss of `ln V` and a perplexity of V. Book section 5.5.2.
 */
export function perplexity(loss: number): number {
  return Math.exp(loss);
}
