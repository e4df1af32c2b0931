import type { Backend, Tensor } from '@unroll/tensor';
import { fraction, Optimizer, positive } from './optimizer.ts';

/**
 * Adam: running means m of the gradient and v of its square, corrected for their start at zero. Kingma and Ba 2014
 * (arXiv:1412.6980), the variant just before its section 2.1 that the book has, with eps beside the uncorrected root:
 *
 *     W -= lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + eps)
 */
export class Adam extends Optimizer {
  readonly kind: string = 'Adam';
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  protected readonly slots: readonly string[] = ['m', 'v'];

  constructor({
    lr = 0.001,
    beta1 = 0.9,
    beta2 = 0.999,
    eps = 1e-7,
  }: { lr?: number; beta1?: number; beta2?: number; eps?: number } = {}) {
    super(lr);
    this.beta1 = fraction('beta1', beta1);
    this.beta2 = fraction('beta2', beta2);
    this.eps = positive('eps', eps);
  }

  protected step(backend: Backend, W: Tensor, dW: Tensor, [m, v]: readonly Tensor[]): void {
    const t = this.updates;
    const lr = (this.lr * Math.sqrt(1 - this.beta2 ** t)) / (1 - this.beta1 ** t);
    backend.adam(W, dW, m, v, lr, this.beta1, this.beta2, this.eps, 0);
  }
}
