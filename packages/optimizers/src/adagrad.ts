import type { Backend, Tensor } from '@unroll/tensor';
import { Optimizer, positive } from './optimizer.ts';

/** AdaGrad: `h += dW^2; W -= lr * dW / (sqrt(h) + eps)`. Duchi et al., JMLR 2011; the book's common/optimizer.py. */
export class AdaGrad extends Optimizer {
  readonly kind: string = 'AdaGrad';
  readonly eps: number;
  protected readonly slots: readonly string[] = ['h'];

  constructor({ lr = 0.01, eps = 1e-7 }: { lr?: number; eps?: number } = {}) {
    super(lr);
    this.eps = positive('eps', eps);
  }

  protected step(backend: Backend, W: Tensor, dW: Tensor, [h]: readonly Tensor[]): void {
    backend.adagrad(W, dW, h, this.lr, this.eps);
  }
}
