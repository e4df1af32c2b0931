import type { Backend, Tensor } from '@unroll/tensor';
import { fraction, Optimizer } from './optimizer.ts';

/**
 * SGD with Nesterov's momentum: `W += momentum^2 * v - (1 + momentum) * lr * dW; v = momentum * v - lr * dW`, with the v of
 * the step before. Bengio, Boulanger-Lewandowski, Pascanu 2012 (arXiv:1212.0901), equation 7; at a constant rate the same as
 * PyTorch's, whose v is without the rate. (The book's code names this paper but puts the new v into the first formula, which makes the step longer.)
 */
export class Nesterov extends Optimizer {
  readonly kind: string = 'Nesterov';
  readonly momentum: number;
  protected readonly slots: readonly string[] = ['v'];

  constructor({ lr = 0.01, momentum = 0.9 }: { lr?: number; momentum?: number } = {}) {
    super(lr);
    this.momentum = fraction('momentum', momentum);
  }

  protected step(backend: Backend, W: Tensor, dW: Tensor, [v]: readonly Tensor[]): void {
    backend.nesterov(W, dW, v, this.lr, this.momentum);
  }
}
