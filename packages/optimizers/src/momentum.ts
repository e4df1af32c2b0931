import type { Backend, Tensor } from '@unroll/tensor';
import { fraction, Optimizer } from './optimizer.ts';

/** SGD with momentum: `v = momentum * v - lr * dW; W += v`. Polyak 1964; the book's common/optimizer.py. */
export class Momentum extends Optimizer {
  readonly kind: string = 'Momentum';
  readonly momentum: number;
  protected readonly slots: readonly string[] = ['v'];

  constructor({ lr = 0.01, momentum = 0.9 }: { lr?: number; momentum?: number } = {}) {
    super(lr);
    this.momentum = fraction('momentum', momentum);
  }

  protected step(backend: Backend, W: Tensor, dW: Tensor, [v]: readonly Tensor[]): void {
    backend.momentum(W, dW, v, this.lr, this.momentum);
  }
}
