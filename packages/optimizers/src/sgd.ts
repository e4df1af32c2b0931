import type { Backend, Tensor } from '@unroll/tensor';
import { Optimizer } from './optimizer.ts';

/** Stochastic gradient descent: `W -= lr * dW`. Book section 1.4.4. */
export class SGD extends Optimizer {
  readonly kind: string = 'SGD';
  protected readonly slots: readonly string[] = [];

  constructor({ lr = 0.01 }: { lr?: number } = {}) {
    super(lr);
  }

  protected step(backend: Backend, W: Tensor, dW: Tensor): void {
    backend.sgd(W, dW, this.lr);
  }
}
