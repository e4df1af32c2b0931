import { ShapeError } from '../errors.ts';
import { formatShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { addressOf } from './elementwise.ts';
import { expectSame, type Floats, floats } from './storage.ts';

/** The weight, its gradient and the optimizer's own tensors have one shape and lie without gaps: one index serves all. */
function arrays(operation: string, W: Tensor, ...others: readonly Tensor[]): Floats[] {
  return [W, ...others].map((x) => {
    expectSame(operation, W, x);
    if (addressOf(x, x.rows - 1, x.cols - 1) !== x.offset + x.size - 1) {
      throw new ShapeError(
        `${operation}: expected a whole weight, got a view with gaps, ${formatShape(x.shape)}`,
      );
    }
    return floats(operation, x).subarray(x.offset, x.offset + x.size);
  });
}

export function sgd(W: Tensor, dW: Tensor, lr: number): void {
  const [w, dw] = arrays('sgd', W, dW);
  for (let i = 0; i < w.length; i++) w[i] -= lr * dw[i];
}

export function momentum(W: Tensor, dW: Tensor, v: Tensor, lr: number, momentum: number): void {
  const [w, dw, vs] = arrays('momentum', W, dW, v);
  for (let i = 0; i < w.length; i++) {
    vs[i] = momentum * vs[i] - lr * dw[i];
    w[i] += vs[i];
  }
}

export function nesterov(W: Tensor, dW: Tensor, v: Tensor, lr: number, momentum: number): void {
  const [w, dw, vs] = arrays('nesterov', W, dW, v);
  for (let i = 0; i < w.length; i++) {
    w[i] += momentum * momentum * vs[i] - (1 + momentum) * lr * dw[i];
    vs[i] = momentum * vs[i] - lr * dw[i];
  }
}

export function adagrad(W: Tensor, dW: Tensor, h: Tensor, lr: number, eps: number): void {
  const [w, dw, hs] = arrays('adagrad', W, dW, h);
  for (let i = 0; i < w.length; i++) {
    hs[i] += dw[i] * dw[i];
    w[i] -= (lr * dw[i]) / (Math.sqrt(hs[i]) + eps);
  }
}

export function rmsprop(W: Tensor, dW: Tensor, h: Tensor, lr: number, decay: number, eps: number): void {
  const [w, dw, hs] = arrays('rmsprop', W, dW, h);
  for (let i = 0; i < w.length; i++) {
    hs[i] = decay * hs[i] + (1 - decay) * dw[i] * dw[i];
    w[i] -= (lr * dw[i]) / (Math.sqrt(hs[i]) + eps);
  }
}

export function adam(
  W: Tensor,
  dW: Tensor,
  m: Tensor,
  v: Tensor,
  lr: number,
  beta1: number,
  beta2: number,
  eps: number,
  decay: number,
): void {
  const [w, dw, ms, vs] = arrays('adam', W, dW, m, v);
  for (let i = 0; i < w.length; i++) {
    ms[i] += (1 - beta1) * (dw[i] - ms[i]);
    vs[i] += (1 - beta2) * (dw[i] * dw[i] - vs[i]);
    w[i] -= decay * w[i] + (lr * ms[i]) / (Math.sqrt(vs[i]) + eps);
  }
}
