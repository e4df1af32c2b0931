import { type BackendName, createBackend } from '@unroll/backend';
import { type Backend, Random, randn, type Tensor, zeros } from '@unroll/tensor';
import { WasmBackend } from '@unroll/tensor-wasm';

/** A way to run our own code. */
export interface Ours extends Record<string, unknown> {
  readonly backend: Exclude<BackendName, 'auto'>;
  readonly threads?: number;
  readonly relaxedSimd?: boolean;
}

export function makeBackend({ backend, threads, relaxedSimd }: Ours): Promise<Backend> {
  return backend === 'wasm'
    ? WasmBackend.create({ threads, relaxedSimd })
    : createBackend({ backend, threads });
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1];

/** Times one large product again and again: what this backend reaches at best, and so the floor of everything that is made of products. */
export class Peak {
  readonly #multiply: () => void;
  readonly #wait: () => Promise<unknown>;
  readonly #rates: number[] = [];
  readonly #tensors: readonly Tensor[];

  constructor(backend: Backend, size: number = backend.name === 'reference' ? 256 : 700) {
    const random = new Random(1);
    const [a, b] = [0, 1].map(() => randn(backend, [size, size], random));
    const out = zeros(backend, [size, size]);
    this.#multiply = () => backend.matmul(out, a, b);
    this.#wait = () => out.at(0).read();
    this.#tensors = [a, b, out];
    this.flops = 2 * size ** 3;
  }

  readonly flops: number;

  async measure(): Promise<void> {
    const start = performance.now();
    this.#multiply();
    await this.#wait();
    this.#rates.push(this.flops / (performance.now() - start) / 1e6);
  }

  /** GFLOP/s, the median. */
  get rate(): number {
    return median(this.#rates);
  }

  /** Milliseconds that the matrix products of a step would take alone. */
  floorOf({ flops }: { readonly flops: number }): number {
    return flops / this.rate / 1e6;
  }

  dispose(): void {
    for (const tensor of this.#tensors) tensor.dispose();
  }
}
