import type { Backend, Tensor } from '@unroll/tensor';
import { fraction, Optimizer, positive } from './optimizer.ts';

/**
 * RMSprop: `h = decay * h + (1 - decay) * dW^2; W -= lr * dW / (sqrt(h) + eps)`. Tieleman and Hinton 2012; the book's
 * common/optimizer.py.
 */
export class RMSprop extends Optimizer {
  readonly kind: string = 'RMSprop';
  readonly decay: number;
  readonly eps: number;
  protected readonly slots: readonly string[] = ['h'];

  constructor({ lr = 0.01, decay = 0.99, eps = 1e-7 }: { lr?: number; decay?: number; eps?: number } = {}) {
    super(lr);
    this.decay = fraction('decay', decay);
    this.eps = positive('eps', eps);
  }

  protected step(backend: Backend, W: Tensor, dW: Tensor, [h]: readonly Tensor[]): void {
    backend.rmsprop(W, dW, h, this.lr, this.decay, this.eps);
  }
}
