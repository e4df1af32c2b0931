import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Rnnlm } from '@unroll/rnnlm';
import { type Backend, Memory, Random, ReferenceBackend, randn, tensor, zeros } from '@unroll/tensor';
import { WasmBackend } from '@unroll/tensor-wasm';

/** What a reader's browser reaches on one backend. */
export interface BenchRow {
  readonly name: string;
  /** Of a product of 512 cubed. */
  readonly gflops: number;
  /** Of a training step of the book's Rnnlm; undefined where it would take too long. */
  readonly stepMs: number | undefined;
}

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1];

async function productRate(backend: Backend, size: number): Promise<number> {
  const random = new Random(1);
  const [a, b, out] = [
    randn(backend, [size, size], random),
    randn(backend, [size, size], random),
    zeros(backend, [size, size]),
  ];
  const times: number[] = [];
  for (let i = 0; i < 8; i++) {
    const start = performance.now();
    backend.matmul(out, a, b);
    await out.at(0).read();
    if (i > 0) times.push(performance.now() - start);
  }
  for (const each of [a, b, out]) each.dispose();
  return (2 * size ** 3) / median(times) / 1e6;
}

async function stepTime(backend: Backend): Promise<number> {
  const [N, T, V] = [20, 35, 10_000];
  const model = new Rnnlm({ backend, vocabSize: V });
  const random = new Random(2);
  const ids = () =>
    tensor(
      backend,
      Array.from({ length: N * T }, () => random.integer(V)),
      [N, T],
      'i32',
    );
  const [xs, ts] = [ids(), ids()];
  const [optimizer, memory] = [new SGD({ lr: 0.01 }), new Memory()];
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const start = performance.now();
    zeroGrads(model.params);
    const loss = model.forward(xs, ts);
    model.backward();
    clipGrads(model.params, 0.25, memory);
    optimizer.update(model.params);
    await loss.item();
    if (i > 1) times.push(performance.now() - start);
  }
  for (const each of [model, xs, ts, memory]) each.dispose();
  return median(times);
}

addEventListener('message', async () => {
  try {
    const wasm = await WasmBackend.create();
    const name = `WebAssembly, ${wasm.threads === 1 ? 'one thread' : `${wasm.threads} threads`}`;
    const first: BenchRow = { name, gflops: await productRate(wasm, 512), stepMs: await stepTime(wasm) };
    postMessage(first);
    wasm.dispose();
    const reference: BenchRow = {
      name: 'reference, plain TypeScript',
      gflops: await productRate(new ReferenceBackend(), 256),
      stepMs: undefined,
    };
    postMessage(reference);
    postMessage('end');
  } catch (error) {
    postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
