import {
  expectShape,
  formatShape,
  Memory,
  type Parameter,
  type Shape,
  ShapeError,
  StateError,
  Tensor,
  type TypedArray,
  ValueError,
} from '@unroll/tensor';
import { SoftmaxWithLoss } from './softmax-with-loss.ts';
import { TailCluster } from './tail-cluster.ts';

/** Shapes of the weights of an adaptive softmax. */
export interface AdaptiveShapes {
  /** `(H, shortlist + clusters)` */
  readonly head: Shape;
  /** Of each cluster, the projection `(H, d)` and W `(d, size)`. */
  readonly tails: readonly { readonly projection: Shape; readonly W: Shape }[];
}

interface Plan {
  given: Tensor; // (N, T, H) or (M, H)
  copied: Tensor; // of the same shape, without gaps
  hs: Tensor; // (M, H), the same numbers
  ts: Tensor; // (M), among the entries of the head
  scores: Tensor; // (M, shortlist + clusters)
  dgiven: Tensor; // (N, T, H) or (M, H)
  dhs: Tensor; // (M, H), the same numbers
}

/**
 * Output layer and softmax with cross entropy in one, for vocabularies of 100,000 words and more, whose ids go from frequent to rare.
 * The frequent ones, the shortlist, have scores of their own in the head, and each cluster of rarer ones has one together. Only
 * rows whose label is in a cluster get scores for its words, through a projection that is narrower the rarer they are.
 *
 *     log p(word) = log softmax(h @ head)[word]                                                         in the shortlist
 *     log p(word) = log softmax(h @ head)[cluster] + log softmax(h @ projection @ W)[word in cluster]   in a cluster
 *
 * Grave et al. 2017 (arXiv:1609.04309); numbers and the order of entries are those of PyTorch's
 * AdaptiveLogSoftmaxWithLoss, whose matrices are the transposes of these.
 *
 * Which rows belong to which cluster must be known when work is enqueued, so the labels come from the host.
 */
export class AdaptiveSoftmaxWithLoss {
  readonly head: Parameter;
  readonly params: readonly Parameter[];
  readonly ignoreLabel: number;
  /** The first label of each cluster. */
  readonly cutoffs: readonly number[];
  readonly vocabSize: number;
  readonly #H: number;
  readonly #tails: readonly TailCluster[];
  readonly #memory = new Memory();
  readonly #softmax = new SoftmaxWithLoss({ inPlace: true });
  #labels = new Int32Array(0);
  #plan: Plan | undefined;
  /** Of the last forward, until backward. */
  #counted: number | undefined;

  /**
   * The weights that an adaptive softmax takes.
   * @param options.cutoffs the first label of each cluster, rising; below the first is the shortlist
   * @param options.divValue cluster i, from 0, is projected to `hiddenSize / divValue^(i + 1)`, rounded down
   * @throws ValueError if there are no such weights
   */
  static shapes({
    vocabSize,
    hiddenSize,
    cutoffs,
    divValue = 4,
  }: {
    vocabSize: number;
    hiddenSize: number;
    cutoffs: readonly number[];
    divValue?: number;
  }): AdaptiveShapes {
    const bounds = [0, ...cutoffs, vocabSize];
    const rises = bounds.every(
      (bound, i) => Number.isSafeInteger(bound) && (i === 0 || bound > bounds[i - 1]),
    );
    if (cutoffs.length === 0 || !rises) {
      throw new ValueError(
        `AdaptiveSoftmaxWithLoss: expected cutoffs, one at least, that rise between 0 and ${vocabSize}, got ${cutoffs.join(', ')}`,
      );
    }
    if (!(Number.isSafeInteger(hiddenSize) && hiddenSize >= 1)) {
      throw new ValueError(
        `AdaptiveSoftmaxWithLoss: expected hiddenSize to be a whole number from 1, got ${hiddenSize}`,
      );
    }
    const tails = cutoffs.map((cutoff, i) => {
      const d = Math.floor(hiddenSize / divValue ** (i + 1));
      if (!(d >= 1 && d <= hiddenSize)) {
        throw new ValueError(
          `AdaptiveSoftmaxWithLoss: expected a divValue that leaves each cluster a projection to between 1 and ${hiddenSize}, got ${divValue}, which makes it ${d} for cluster ${i}`,
        );
      }
      return { projection: [hiddenSize, d], W: [d, bounds[i + 2] - cutoff] };
    });
    return { head: [hiddenSize, cutoffs[0] + cutoffs.length], tails };
  }

  /**
   * The cutoffs follow from the weights: see `shapes`.
   * @param head `(H, shortlist + clusters)`
   * @param tails for each cluster a projection `(H, d)` and W `(d, size)`
   * @param options.ignoreLabel rows with this label do not count
   * @throws ShapeError if they do not fit together
   */
  constructor(
    head: Tensor | Parameter,
    tails: readonly { readonly projection: Tensor | Parameter; readonly W: Tensor | Parameter }[],
    { ignoreLabel = -1 }: { ignoreLabel?: number } = {},
  ) {
    this.head = this.#memory.parameter('head', head);
    this.ignoreLabel = ignoreLabel;
    expectShape('AdaptiveSoftmaxWithLoss', 'head', this.head.value.shape, ['H', 'shortlist + clusters']);
    const { rows: H, cols } = this.head.value;
    const shortlist = cols - tails.length;
    if (tails.length === 0 || shortlist < 1) {
      throw new ShapeError(
        `AdaptiveSoftmaxWithLoss: expected a head (H, shortlist + clusters) and one cluster at least, got ${formatShape(this.head.value.shape)} and ${tails.length} clusters`,
      );
    }
    this.#H = H;
    this.#tails = tails.map(({ projection, W }, i) => new TailCluster(`tail${i}`, H, projection, W));
    this.params = [this.head, ...this.#tails.flatMap(({ projection, W }) => [projection, W])];
    const bounds = [shortlist];
    for (const [i, { size }] of this.#tails.entries()) bounds.push(bounds[i] + size);
    this.cutoffs = bounds.slice(0, -1);
    this.vocabSize = bounds[tails.length];
  }

  /**
   * hs `(N, T, H)` or `(M, H)` and as many labels ts, row after row, to the mean loss `(1)`; 0 if no label is counted
   * @throws ValueError if a label is neither below V nor ignored
   */
  forward(hs: Tensor, ts: ArrayLike<number>): Tensor {
    const { backend } = hs;
    const plan = this.#planFor(hs, 'forward');
    this.#counted = undefined;
    const counted = this.#sort(ts, plan.hs.rows);
    plan.ts.write(this.#labels.subarray(0, plan.hs.rows));
    backend.copy(plan.copied, hs);
    backend.matmul(plan.scores, plan.hs, this.head.value);
    const loss = this.#softmax.forward(plan.scores, plan.ts);
    for (const tail of this.#tails) {
      if (tail.count > 0) backend.add(loss, tail.forward(plan.hs), tail.count / counted);
    }
    this.#counted = counted;
    return loss;
  }

  /**
   * To dhs, of the shape of hs, times `dout`; adds to the gradients of all weights. Once for each forward: scores give way to their
   * gradients.
   */
  backward(dout = 1): Tensor {
    if (!this.#plan || this.#counted === undefined) {
      throw new StateError(
        'AdaptiveSoftmaxWithLoss.backward: call forward first, once for each backward: the scores give way to their gradient',
      );
    }
    const { hs, dhs, dgiven } = this.#plan;
    const { backend } = hs;
    const dscores = this.#softmax.backward(dout);
    backend.addmm(this.head.grad, hs.T, dscores);
    backend.matmul(dhs, dscores, this.head.value.T);
    for (const tail of this.#tails) {
      if (tail.count > 0) tail.backward(dhs, (dout * tail.count) / this.#counted);
    }
    this.#counted = undefined;
    return dgiven;
  }

  /**
   * hs `(N, T, H)` or `(M, H)` to the log probabilities of all words, `M * V` numbers, row after row, once they are there. It
   * computes every cluster for every row: to write with, not to train. It takes the place of a forward: no backward may follow.
   */
  async logProb(hs: Tensor): Promise<Float32Array | Float64Array> {
    const { copied, hs: rows, scores } = this.#planFor(hs, 'logProb');
    this.#counted = undefined;
    hs.backend.copy(copied, hs);
    hs.backend.matmul(scores, rows, this.head.value);
    // All are asked for before the first is awaited, so that they belong together.
    const [head, ...tails] = await Promise.all(
      [scores, ...this.#tails.map((tail) => tail.scores(rows))].map((x) => x.read()),
    );
    const [M, V, shortlist] = [rows.rows, this.vocabSize, this.cutoffs[0]];
    const out = hs.dtype === 'f64' ? new Float64Array(M * V) : new Float32Array(M * V);
    for (let row = 0; row < M; row++) {
      const headRow = logSoftmax(head.subarray(row * scores.cols, (row + 1) * scores.cols));
      out.set(headRow.subarray(0, shortlist), row * V);
      for (const [i, { size }] of this.#tails.entries()) {
        const cluster = headRow[shortlist + i];
        const words = logSoftmax(tails[i].subarray(row * size, (row + 1) * size));
        out.set(
          words.map((word) => cluster + word),
          row * V + this.cutoffs[i],
        );
      }
    }
    return out;
  }

  /** `(1)`, after forward: how many labels were counted. */
  get count(): Tensor {
    if (!this.#plan) throw new StateError('AdaptiveSoftmaxWithLoss.count: call forward first');
    return this.#softmax.count;
  }

  /** Bytes held by buffers and by gradients made here. */
  get bytes(): number {
    return [this.#memory, this.#softmax, ...this.#tails].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  dispose(): void {
    for (const owner of [this.#memory, this.#softmax, ...this.#tails]) owner.dispose();
  }

  /** Gives each cluster its rows, and the head its labels; how many are counted. */
  #sort(ts: ArrayLike<number>, M: number): number {
    if (ts.length !== M) {
      throw new ShapeError(
        `AdaptiveSoftmaxWithLoss.forward: expected one label for each of the ${M} rows of hs, got ${ts.length}`,
      );
    }
    if (this.#labels.length < M) this.#labels = new Int32Array(M);
    for (const tail of this.#tails) tail.clear(M);
    let counted = 0;
    for (let row = 0; row < M; row++) {
      const label = ts[row];
      if (label === this.ignoreLabel) {
        this.#labels[row] = this.#softmax.ignoreLabel;
        continue;
      }
      if (!(Number.isInteger(label) && label >= 0 && label < this.vocabSize)) {
        throw new ValueError(
          `AdaptiveSoftmaxWithLoss.forward: expected labels from 0 to ${this.vocabSize - 1}, or ${this.ignoreLabel} to ignore, got ${label} at position ${row}`,
        );
      }
      let cluster = this.#tails.length - 1;
      while (cluster >= 0 && label < this.cutoffs[cluster]) cluster--;
      this.#labels[row] = cluster < 0 ? label : this.cutoffs[0] + cluster;
      if (cluster >= 0) this.#tails[cluster].add(row, label - this.cutoffs[cluster]);
      counted++;
    }
    return counted;
  }

  #planFor(given: Tensor, method: string): Plan {
    if (this.#plan?.given === given) return this.#plan;
    const axes = given.shape.length === 2 ? ['M', this.#H] : ['N', 'T', this.#H];
    expectShape(`AdaptiveSoftmaxWithLoss.${method}`, 'hs', given.shape, axes);
    const { backend, dtype, rows: M, shape } = given;
    this.#plan = undefined; // until there is room for all of it
    const take = (name: string, shape: Shape) => this.#memory.take(name, backend, shape, dtype);
    const flat = (x: Tensor) => new Tensor(backend, x.storage, [M, this.#H]);
    const [copied, dgiven] = [take('hs', shape), take('dhs', shape)];
    this.#plan = {
      given,
      copied,
      hs: flat(copied),
      ts: this.#memory.take('ts', backend, [M], 'i32'),
      scores: take('scores', [M, this.head.value.cols]),
      dgiven,
      dhs: flat(dgiven),
    };
    return this.#plan;
  }
}

/** In f64, whatever the scores have. */
function logSoftmax(scores: TypedArray): Float64Array {
  let max = Number.NEGATIVE_INFINITY;
  for (const score of scores) max = Math.max(max, score);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - max);
  const logSum = Math.log(sum);
  return Float64Array.from(scores, (score) => score - max - logSum);
}
