import type { Backend, Tensor } from '@unroll/tensor';
import { fraction, nonNegative, Optimizer, positive } from './optimizer.ts';

/**
 * Adam with weight decay kept apart from the gradient: `W *= 1 - lr * weightDecay` before each step. Loshchilov and Hutter
 * 2019 (arXiv:1711.05101), with PyTorch's defaults and its eps beside the corrected root.
 */
export class AdamW extends Optimizer {
  readonly kind: string = 'AdamW';
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  protected readonly slots: readonly string[] = ['m', 'v'];

  constructor({
    lr = 0.001,
    beta1 = 0.9,
    beta2 = 0.999,
    eps = 1e-8,
    weightDecay = 0.01,
  }: { lr?: number; beta1?: number; beta2?: number; eps?: number; weightDecay?: number } = {}) {
    super(lr);
    this.beta1 = fraction('beta1', beta1);
    this.beta2 = fraction('beta2', beta2);
    this.eps = positive('eps', eps);
    this.weightDecay = nonNegative('weightDecay', weightDecay);
  }

  protected step(backend: Backend, W: Tensor, dW: Tensor, [m, v]: readonly Tensor[]): void {
    const t = this.updates;
    const correction = Math.sqrt(1 - this.beta2 ** t);
    const lr = (this.lr * correction) / (1 - this.beta1 ** t);
    const decay = this.lr * this.weightDecay;
    backend.adam(W, dW, m, v, lr, this.beta1, this.beta2, this.eps * correction, decay);
  }
}
