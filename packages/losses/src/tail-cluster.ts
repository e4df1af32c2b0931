import { type Backend, expectShape, Memory, type Parameter, StateError, type Tensor } from '@unroll/tensor';
import { SoftmaxWithLoss } from './softmax-with-loss.ts';

/**
 * A cluster of rare labels in an adaptive softmax: those rows of a batch whose label is one of them, through a narrow projection to
 * scores, softmax and cross entropy.
 */
export class TailCluster {
  readonly projection: Parameter;
  readonly W: Parameter;
  /** How many labels it has. */
  readonly size: number;
  readonly #memory = new Memory();
  readonly #softmax = new SoftmaxWithLoss({ inPlace: true });
  /** The rows of the batch that are in it, and which of its labels each has: the first `count` of each list. */
  #rows = new Int32Array(0);
  #labels = new Int32Array(0);
  #count = 0;
  #kept: { ids: Tensor; xs: Tensor; projected: Tensor } | undefined;

  /**
   * @param name `tail0`
   * @param projection `(H, d)`
   * @param W `(d, size)`
   */
  constructor(name: string, H: number, projection: Tensor | Parameter, W: Tensor | Parameter) {
    this.projection = this.#memory.parameter(`${name}.projection`, projection);
    this.W = this.#memory.parameter(`${name}.W`, W);
    expectShape('AdaptiveSoftmaxWithLoss', `${name}.projection`, this.projection.value.shape, [H, 'd']);
    const d = this.projection.value.cols;
    expectShape('AdaptiveSoftmaxWithLoss', `${name}.W`, this.W.value.shape, [d, 'size']);
    this.size = this.W.value.cols;
  }

  /** How many rows it has. */
  get count(): number {
    return this.#count;
  }

  /** Forgets its rows; from a batch of M it may get as many. */
  clear(M: number): void {
    if (this.#rows.length < M) [this.#rows, this.#labels] = [new Int32Array(M), new Int32Array(M)];
    this.#count = 0;
  }

  /** Gives it a row of the batch with one of its labels, counted from 0. */
  add(row: number, label: number): void {
    this.#rows[this.#count] = row;
    this.#labels[this.#count++] = label;
  }

  /** hs `(M, H)` to the mean loss `(1)` of its rows, of which there must be some */
  forward(hs: Tensor): Tensor {
    const { backend, dtype } = hs;
    const [count, H] = [this.#count, hs.cols];
    const take = (name: string, ...shape: number[]) => this.#memory.take(name, backend, shape, dtype);
    const ids = this.#write('ids', backend, this.#rows);
    const ts = this.#write('ts', backend, this.#labels);
    const xs = take('xs', count, H);
    const projected = take('projected', count, this.projection.value.cols);
    const scores = take('scores', count, this.size);
    backend.gather(xs, hs, ids);
    backend.matmul(projected, xs, this.projection.value);
    backend.matmul(scores, projected, this.W.value);
    this.#kept = { ids, xs, projected };
    return this.#softmax.forward(scores, ts);
  }

  /** Adds to dhs `(M, H)` and to the gradients of its weights; once for each forward. */
  backward(dhs: Tensor, dout: number): void {
    if (!this.#kept) throw new StateError('TailCluster.backward: call forward first');
    const { ids, xs, projected } = this.#kept;
    const { backend } = dhs;
    const dprojected = this.#memory.take('dprojected', backend, projected.shape, projected.dtype);
    const dscores = this.#softmax.backward(dout);
    backend.addmm(this.W.grad, projected.T, dscores);
    backend.matmul(dprojected, dscores, this.W.value.T);
    backend.addmm(this.projection.grad, xs.T, dprojected);
    backend.matmul(xs, dprojected, this.projection.value.T); // the rows give way to their gradient
    backend.scatterAdd(dhs, ids, xs);
  }

  /** hs `(M, H)`, every row of them, to scores `(M, size)` */
  scores(hs: Tensor): Tensor {
    const { backend, dtype, rows } = hs;
    const projected = this.#memory.take('allProjected', backend, [rows, this.projection.value.cols], dtype);
    const scores = this.#memory.take('allScores', backend, [rows, this.size], dtype);
    backend.matmul(projected, hs, this.projection.value);
    backend.matmul(scores, projected, this.W.value);
    return scores;
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return this.#memory.bytes + this.#softmax.bytes;
  }

  dispose(): void {
    this.#memory.dispose();
    this.#softmax.dispose();
  }

  #write(name: string, backend: Backend, values: Int32Array): Tensor {
    const written = this.#memory.take(name, backend, [this.#count], 'i32');
    written.write(values.subarray(0, this.#count));
    return written;
  }
}
