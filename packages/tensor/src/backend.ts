import type { DType, TypedArray } from './dtype.ts';
import type { Tensor } from './tensor.ts';

/** A piece of memory that a backend owns. */
export interface Storage {
  readonly dtype: DType;
  /** In elements. */
  readonly length: number;
  readonly freed: boolean;
}

/** Where an LSTM's input gate comes from: a gate of its own, one that never lets in more than was forgotten, or 1 - f itself. */
export type InputGate = 'own' | 'capped' | 'coupled';

/**
 * What a backend must do. Every call enqueues work, in order, and returns at once; only `read` waits. Outputs come
 * first and are never allocated here.
 *
 * A kernel takes tensors of one floating type (ids and labels are i32) whose last axis has stride 1; rows may lie any
 * distance apart. Three exceptions: the operands of a product may be transposed, `copy` reads and writes any strides,
 * and an output never overlaps an input unless the description says "in place". N, T, D, H, V are the batch, time,
 * word vector, hidden and vocabulary axes.
 *
 * A call refuses what does not fit: shapes and strides with a ShapeError, types with a DTypeError, memory that was given
 * back with a StateError, ids and labels out of range with a ValueError, which a device may raise as late as the next
 * `read`.
 */
export interface Backend {
  /** For banners and messages: `reference`, `wasm`. */
  readonly name: string;
  /** Held now, for all tensors together. */
  readonly bytes: number;

  /** New memory, all zeros. */
  allocate(dtype: DType, length: number): Storage;
  free(storage: Storage): void;
  /** Gives back what the backend holds beside memory, such as threads. Called twice, it does nothing the second time. */
  dispose(): void;
  /** A copy of the elements, row after row. */
  read(x: Tensor): Promise<TypedArray>;
  /** values.length === x.size */
  write(x: Tensor, values: ArrayLike<number>): void;

  /** x[...] = value */
  fill(x: Tensor, value: number): void;
  /** out = x */
  copy(out: Tensor, x: Tensor): void;
  /** out += factor * x; factor is 1 unless given */
  add(out: Tensor, x: Tensor, factor?: number): void;
  /** out *= factor */
  scale(out: Tensor, factor: number): void;
  /** out = a * b, element by element; may be in place, over a */
  multiply(out: Tensor, a: Tensor, b: Tensor): void;
  /** out (M, D) = x (M, D) times factors (M), one for each row; may be in place, over x */
  scaleRows(out: Tensor, x: Tensor, factors: Tensor): void;
  /** out += weight * (x - out): an average that moves on */
  lerp(out: Tensor, x: Tensor, weight: number): void;

  /** out (M, N) = a (M, K) @ b (K, N); a and b may be transposed */
  matmul(out: Tensor, a: Tensor, b: Tensor): void;
  /** out (M, N) += a (M, K) @ b (K, N); out too may be transposed */
  addmm(out: Tensor, a: Tensor, b: Tensor): void;
  /** out (M, N) = x (M, K) @ W (K, N) + b (N), b to every row; x and W may be transposed */
  affine(out: Tensor, x: Tensor, W: Tensor, b: Tensor): void;
  /** Its gradients: dW (K, N) += x.T @ dout (M, N); db (N) += the sum of the rows of dout. dW too may be transposed. */
  affineGrads(dW: Tensor, db: Tensor, x: Tensor, dout: Tensor): void;

  /** out (N, T, D) = W (V, D) at the rows ids (N, T) */
  gather(out: Tensor, W: Tensor, ids: Tensor): void;
  /** dW (V, D) at the rows ids (N, T) += dout (N, T, D); an id that comes twice adds twice */
  scatterAdd(dW: Tensor, ids: Tensor, dout: Tensor): void;

  /** out = 1 / (1 + exp(-x)) */
  sigmoid(out: Tensor, x: Tensor): void;
  /** dx = dout * out * (1 - out) */
  sigmoidBackward(dx: Tensor, dout: Tensor, out: Tensor): void;
  /** out = tanh(x); may be in place */
  tanh(out: Tensor, x: Tensor): void;
  /** dx = dout * (1 - out^2); may be in place, over dout */
  tanhBackward(dx: Tensor, dout: Tensor, out: Tensor): void;
  /**
   * out (M, D) = (x - mean) / sqrt(variance + eps) * gain (D) + bias (D), the mean and the (biased) variance being those of each row;
   * stats (M, 2) keep for backward, of each row, the mean and 1 / sqrt(variance + eps).
   */
  layerNorm(out: Tensor, stats: Tensor, x: Tensor, gain: Tensor, bias: Tensor, eps: number): void;
  /** dx (M, D) from dout (M, D); dgain (D) += the sum of the rows of dout * (x - mean) / deviation; dbias (D) += the sum of the rows of dout */
  layerNormBackward(
    dx: Tensor,
    dgain: Tensor,
    dbias: Tensor,
    dout: Tensor,
    x: Tensor,
    stats: Tensor,
    gain: Tensor,
  ): void;
  /**
   * out = x / (1 - ratio) where kept, else 0. Element i (row after row) is kept when word i of the Threefry stream
   * `call` with key `seed` is at least ratio * 2^32: the same mask on every backend, in `backward` too.
   */
  dropout(out: Tensor, x: Tensor, ratio: number, seed: number, call: number): void;

  /** One step of a tanh RNN: hs[:, t + 1] = tanh(gates[:, t]); hs (N, T + 1, H), gates (N, T, H). */
  rnnCell(hs: Tensor, gates: Tensor, t: number): void;
  /** dgates[:, t] (N, H) = dh (N, H) * (1 - hs[:, t + 1]^2) */
  rnnCellBackward(dgates: Tensor, dh: Tensor, hs: Tensor, t: number): void;

  /**
   * One step of an LSTM: gates (N, T, 4H) in the order f, g, i, o are activated in place at t;
   * cs[:, t + 1] = f * cs[:, t] + g * i; hs[:, t + 1] = o * tanh(cs[:, t + 1]). hs, cs (N, T + 1, H).
   * With an input gate that is `capped`, min(i, 1 - f) stands for i; `coupled`, 1 - f does, and gates (N, T, 3H) are f, g, o.
   */
  lstmCell(hs: Tensor, cs: Tensor, gates: Tensor, t: number, inputGate?: InputGate): void;
  /**
   * dgates[:, t] (N, 4H) from dh (N, H) and dc (N, H), the gradients of hs[:, t + 1] and cs[:, t + 1];
   * dc becomes, in place, the gradient of cs[:, t].
   */
  lstmCellBackward(
    dgates: Tensor,
    dc: Tensor,
    dh: Tensor,
    gates: Tensor,
    cs: Tensor,
    t: number,
    inputGate?: InputGate,
  ): void;

  /** First half of a GRU step: gates (N, T, 3H) in the order z, r, h: z and r activated in place at t; rh[:, t] = r * hs[:, t]. */
  gruGates(rh: Tensor, gates: Tensor, hs: Tensor, t: number): void;
  /** Second half: the candidate gets its tanh in place; hs[:, t + 1] = (1 - z) * hs[:, t] + z * candidate. */
  gruCell(hs: Tensor, gates: Tensor, t: number): void;
  /** dgates[:, t] for z and the candidate, from dh (N, H), the gradient of hs[:, t + 1]; dh *= 1 - z, in place. */
  gruCellBackward(dgates: Tensor, dh: Tensor, gates: Tensor, hs: Tensor, t: number): void;
  /** dgates[:, t] for r, from drh (N, H), the gradient of rh[:, t]; dh += drh * r. */
  gruGatesBackward(dgates: Tensor, dh: Tensor, drh: Tensor, gates: Tensor, hs: Tensor, t: number): void;

  /** All steps of hs[:, t + 1] = a[:, t] * hs[:, t] + b[:, t]; hs (N, T + 1, H), of which hs[:, 0] is given; a, b (N, T, H). */
  recurrence(hs: Tensor, a: Tensor, b: Tensor): void;
  /**
   * From the last step to the first, db[:, t] = dhs[:, t] + dh; da[:, t] = db[:, t] * hs[:, t]; dh = db[:, t] * a[:, t]: dhs (N, T, H) are
   * the gradients of hs[:, 1:] from elsewhere, dh (N, H) becomes, in place, the gradient of hs[:, 0].
   */
  recurrenceBackward(da: Tensor, db: Tensor, dh: Tensor, dhs: Tensor, a: Tensor, hs: Tensor): void;

  /**
   * loss (1) = the mean, over the rows whose label is counted, of log(sum) - (scores[row, label] - greatest); count (1) = how many
   * those are (loss is 0 when there are none); normalizers (M, 2) keep for backward, of each counted row, its greatest score
   * and the sum of exp(score - greatest): apart, so that no digit of small differences between large scores is lost.
   * scores (M, V), ts (M) as i32; a label equal to ignoreLabel is not counted. With smoothing (from 0, its default, to 1) the target is
   * no longer the label alone: it has 1 - smoothing, and all V share the rest evenly.
   */
  softmaxCrossEntropy(
    loss: Tensor,
    count: Tensor,
    normalizers: Tensor,
    scores: Tensor,
    ts: Tensor,
    ignoreLabel: number,
    smoothing?: number,
  ): void;
  /** dscores (M, V) = (softmax(scores) - target) * dout / count in counted rows, 0 in the others; may be in place, over scores */
  softmaxCrossEntropyBackward(
    dscores: Tensor,
    scores: Tensor,
    normalizers: Tensor,
    ts: Tensor,
    count: Tensor,
    ignoreLabel: number,
    dout: number,
    smoothing?: number,
  ): void;
  /** loss (1) = the mean, over counted labels 0 or 1, of the cross entropy of sigmoid(scores); scores and ts of one shape */
  sigmoidCrossEntropy(loss: Tensor, count: Tensor, scores: Tensor, ts: Tensor, ignoreLabel: number): void;
  /** dscores = (sigmoid(scores) - ts) * dout / count where counted, 0 elsewhere */
  sigmoidCrossEntropyBackward(
    dscores: Tensor,
    scores: Tensor,
    ts: Tensor,
    count: Tensor,
    ignoreLabel: number,
    dout: number,
  ): void;

  /** out (1) += the sum of x^2 */
  addSumSquares(out: Tensor, x: Tensor): void;
  /** norm (1) = its square root, in place */
  sqrt(norm: Tensor): void;
  /** x *= maxNorm / (norm + 1e-6), if that is below 1; norm (1) */
  clip(x: Tensor, norm: Tensor, maxNorm: number): void;

  /** W *= 1 - decay; W -= lr * dW; decay is 0 unless given */
  sgd(W: Tensor, dW: Tensor, lr: number, decay?: number): void;
  /** v = momentum * v - lr * dW; W += v */
  momentum(W: Tensor, dW: Tensor, v: Tensor, lr: number, momentum: number): void;
  /** W += momentum^2 * v - (1 + momentum) * lr * dW; v = momentum * v - lr * dW */
  nesterov(W: Tensor, dW: Tensor, v: Tensor, lr: number, momentum: number): void;
  /** h += dW^2; W -= lr * dW / (sqrt(h) + eps) */
  adagrad(W: Tensor, dW: Tensor, h: Tensor, lr: number, eps: number): void;
  /** h = decay * h + (1 - decay) * dW^2; W -= lr * dW / (sqrt(h) + eps) */
  rmsprop(W: Tensor, dW: Tensor, h: Tensor, lr: number, decay: number, eps: number): void;
  /**
   * W *= 1 - decay; m += (1 - beta1) * (dW - m); v += (1 - beta2) * (dW^2 - v); W -= lr * m / (sqrt(v) + eps).
   * The bias corrections are folded into lr and eps by the caller.
   */
  adam(
    W: Tensor,
    dW: Tensor,
    m: Tensor,
    v: Tensor,
    lr: number,
    beta1: number,
    beta2: number,
    eps: number,
    decay: number,
  ): void;
}
