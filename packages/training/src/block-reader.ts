import { type Backend, Tensor, zeros } from '@unroll/tensor';
import type { BpttBatches } from '@unroll/text';

/** A batch on the backend: inputs and the tokens that follow them, both `(N, T)`. */
export interface Block {
  readonly xs: Tensor;
  readonly ts: Tensor;
}

interface Buffers extends Block {
  readonly xsIds: Int32Array;
  readonly tsIds: Int32Array;
}

/** Puts one batch after the other on the backend. Batches of any length share the memory of the longest. */
export class BlockReader {
  readonly #batches: BpttBatches;
  readonly #xs: Tensor; // (N, longest T)
  readonly #ts: Tensor; // (N, longest T)
  readonly #buffers = new Map<number, Buffers>();

  constructor(backend: Backend, batches: BpttBatches) {
    const shape = [batches.batchSize, batches.maxTimeSize];
    this.#batches = batches;
    this.#xs = zeros(backend, shape, 'i32');
    this.#ts = zeros(backend, shape, 'i32');
  }

  /** The next one, lent until the next call. */
  next(): Block {
    const block = this.#buffersFor(this.#batches.nextTimeSize);
    this.#batches.next(block.xsIds, block.tsIds);
    block.xs.write(block.xsIds);
    block.ts.write(block.tsIds);
    return block;
  }

  dispose(): void {
    this.#xs.dispose();
    this.#ts.dispose();
  }

  #buffersFor(T: number): Buffers {
    const known = this.#buffers.get(T);
    if (known) return known;
    const N = this.#batches.batchSize;
    const view = ({ backend, storage }: Tensor) => new Tensor(backend, storage, [N, T]);
    const made = {
      ...{ xs: view(this.#xs), ts: view(this.#ts) },
      ...{ xsIds: new Int32Array(N * T), tsIds: new Int32Array(N * T) },
    };
    this.#buffers.set(T, made);
    return made;
  }
}
