/**
 * One training step of the book's model (N 20, T 35, D = H = 100, V 10,000), against its floor: the time that its matrix products
 * alone would take at the speed that one thread reaches on a large product, divided by the threads.
 */
import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Rnnlm } from '@unroll/rnnlm';
import { Memory, Random, randn, zeros } from '@unroll/tensor';
import { WasmBackend, type WasmBackendOptions } from '../src/index.ts';

const [N, T, D, H, V] = [20, 35, 100, 100, 10_000];
const rounds = Number(process.env.ROUNDS ?? 15);
const flops = 3 * 2 * N * T * (D * 4 * H + H * 4 * H + H * V);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

async function measure(options: WasmBackendOptions): Promise<void> {
  const backend = await WasmBackend.create(options);
  const random = new Random(1);
  const memory = new Memory();
  const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: D, hiddenSize: H, seed: 1 });
  const optimizer = new SGD({ lr: 20 });
  const xs = zeros(backend, [N, T], 'i32');
  const ts = zeros(backend, [N, T], 'i32');
  xs.write(Int32Array.from({ length: N * T }, () => random.integer(V)));
  ts.write(Int32Array.from({ length: N * T }, () => random.integer(V)));
  const [a, b, c] = [0, 1, 2].map(() => randn(backend, [700, 700], random));
  const phases = [
    () => zeroGrads(model.params),
    () => model.forward(xs, ts),
    () => model.backward(),
    () => {
      clipGrads(model.params, 0.25, memory);
      optimizer.update(model.params);
    },
  ];
  const times: number[][] = phases.map(() => []);
  const peaks: number[] = [];
  for (let round = -5; round < rounds; round++) {
    phases.forEach((work, i) => {
      const start = performance.now();
      work();
      if (round >= 0) times[i].push(performance.now() - start);
    });
    const start = performance.now();
    backend.matmul(c, a, b);
    if (round >= 0) peaks.push((2 * 700 ** 3) / (performance.now() - start) / 1e6);
  }
  const totals = times[0].map((_, i) => times.reduce((sum, each) => sum + each[i], 0));
  const step = median(totals);
  console.log(
    `threads ${backend.threads}  ${backend.relaxedSimd ? 'relaxed ' : 'baseline'}  step ${step.toFixed(1)} ms (best ${Math.min(...totals).toFixed(1)})` +
      `  zero, forward, backward, update ${times.map((each) => median(each).toFixed(1)).join(', ')}` +
      `  product ${median(peaks).toFixed(1)} GFLOP/s  step / products ${(step / (flops / median(peaks) / 1e6)).toFixed(2)}`,
  );
  backend.dispose();
}

for (const relaxedSimd of [true, false]) {
  for (const threads of [1, 2]) await measure({ threads, relaxedSimd });
}
