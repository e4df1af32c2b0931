import type { Tensor } from '../tensor.ts';
import { expectSame, type Floats, floats } from './storage.ts';

/** The rows of a weight, its gradient and the optimizer's own tensors, side by side; one row if all lie without gaps. */
function* rows(operation: string, ...tensors: readonly Tensor[]): Generator<Floats[]> {
  const [W] = tensors;
  for (const x of tensors) expectSame(operation, W, x);
  const data = tensors.map((x) => floats(operation, x));
  const whole = tensors.every((x) => x.rowStarts[x.rows - 1] - x.rowStarts[0] === x.size - x.cols);
  const [count, length] = whole ? [1, W.size] : [W.rows, W.cols];
  for (let row = 0; row < count; row++) {
    yield tensors.map(({ rowStarts }, i) => data[i].subarray(rowStarts[row], rowStarts[row] + length));
  }
}

export function sgd(W: Tensor, dW: Tensor, lr: number, decay = 0): void {
  for (const [w, dw] of rows('sgd', W, dW)) {
    for (let i = 0; i < w.length; i++) w[i] -= decay * w[i] + lr * dw[i];
  }
}

export function momentum(W: Tensor, dW: Tensor, v: Tensor, lr: number, momentum: number): void {
  for (const [w, dw, vs] of rows('momentum', W, dW, v)) {
    for (let i = 0; i < w.length; i++) {
      vs[i] = momentum * vs[i] - lr * dw[i];
      w[i] += vs[i];
    }
  }
}

export function nesterov(W: Tensor, dW: Tensor, v: Tensor, lr: number, momentum: number): void {
  for (const [w, dw, vs] of rows('nesterov', W, dW, v)) {
    for (let i = 0; i < w.length; i++) {
      w[i] += momentum * momentum * vs[i] - (1 + momentum) * lr * dw[i];
      vs[i] = momentum * vs[i] - lr * dw[i];
    }
  }
}

export function adagrad(W: Tensor, dW: Tensor, h: Tensor, lr: number, eps: number): void {
  for (const [w, dw, hs] of rows('adagrad', W, dW, h)) {
    for (let i = 0; i < w.length; i++) {
      hs[i] += dw[i] * dw[i];
      w[i] -= (lr * dw[i]) / (Math.sqrt(hs[i]) + eps);
    }
  }
}

export function rmsprop(W: Tensor, dW: Tensor, h: Tensor, lr: number, decay: number, eps: number): void {
  for (const [w, dw, hs] of rows('rmsprop', W, dW, h)) {
    for (let i = 0; i < w.length; i++) {
      hs[i] = decay * hs[i] + (1 - decay) * dw[i] * dw[i];
      w[i] -= (lr * dw[i]) / (Math.sqrt(hs[i]) + eps);
    }
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
  for (const [w, dw, ms, vs] of rows('adam', W, dW, m, v)) {
    for (let i = 0; i < w.length; i++) {
      ms[i] += (1 - beta1) * (dw[i] - ms[i]);
      vs[i] += (1 - beta2) * (dw[i] * dw[i] - vs[i]);
      w[i] -= decay * w[i] + (lr * ms[i]) / (Math.sqrt(vs[i]) + eps);
    }
  }
}
