import type { Backend, Tensor } from '@unroll/tensor';
import { nonNegative, Optimizer } from './optimizer.ts';

/**
 * Stochastic gradient descent: `W -= lr * dW`. Book section 1.3.6. With weight decay, `W *= 1 - lr * weightDecay` before each step:
 * the same as PyTorch's `weight_decay`, an L2 penalty of half that factor.
 */
export class SGD extends Optimizer {
  readonly kind: string = 'SGD';
  readonly weightDecay: number;
  protected readonly slots: readonly string[] = [];

  constructor({ lr = 0.01, weightDecay = 0 }: { lr?: number; weightDecay?: number } = {}) {
    super(lr);
    this.weightDecay = nonNegative('weightDecay', weightDecay);
  }

  protected step(backend: Backend, W: Tensor, dW: Tensor): void {
    backend.sgd(W, dW, this.lr, this.lr * this.weightDecay);
  }
}
