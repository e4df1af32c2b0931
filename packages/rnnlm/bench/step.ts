/**
 * One training step of the book's model on the reference backend, on one core, against its floor: the time that its matrix
 * products alone would take at the speed that the backend reaches on a large product in this same run.
 */
import { clipGrads, SGD, zeroGrads } from '@unroll/optimizers';
import { Rnnlm } from '@unroll/rnnlm';
import { Memory, Random, ReferenceBackend, randn, zeros } from '@unroll/tensor';

const [N, T, D, H, V] = [20, 35, 100, 100, 10_000];
const rounds = 7;

const backend = new ReferenceBackend();
const random = new Random(1);
const memory = new Memory();
const model = new Rnnlm({ backend, vocabSize: V, wordvecSize: D, hiddenSize: H, seed: 1 });
const optimizer = new SGD({ lr: 20 });
const xs = zeros(backend, [N, T], 'i32');
const ts = zeros(backend, [N, T], 'i32');
xs.write(Int32Array.from({ length: N * T }, () => random.integer(V)));
ts.write(Int32Array.from({ length: N * T }, () => random.integer(V)));

function time(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

const phases = {
  forward: () => {
    zeroGrads(model.params);
    model.forward(xs, ts);
  },
  backward: () => model.backward(),
  'clip and update': () => {
    clipGrads(model.params, 0.25, memory);
    optimizer.update(model.params);
  },
};
const milliseconds: Record<string, number[]> = { forward: [], backward: [], 'clip and update': [] };
const size = 512;
const a = randn(backend, [size, size], random);
const b = randn(backend, [size, size], random);
const c = zeros(backend, [size, size]);
const peaks: number[] = [];
for (let round = -2; round < rounds; round++) {
  for (const [name, work] of Object.entries(phases)) {
    const taken = time(work);
    if (round >= 0) milliseconds[name].push(taken);
  }
  const product = time(() => backend.matmul(c, a, b));
  if (round >= 0) peaks.push((2 * size ** 3) / product / 1e6);
}

// Forward has one product with each of Wx, Wh and the output weight; backward has two more of each.
const flops = 3 * 2 * N * T * (D * 4 * H + H * 4 * H + H * V);
const peak = median(peaks);
const floor = flops / peak / 1e6;
const totals = milliseconds.forward.map((_, i) =>
  Object.values(milliseconds).reduce((sum, each) => sum + each[i], 0),
);
console.log(`Rnnlm, N ${N}, T ${T}, D ${D}, H ${H}, V ${V}; Node ${process.version}, median of ${rounds}`);
for (const [name, values] of Object.entries(milliseconds))
  console.log(`${name.padEnd(16)} ${median(values).toFixed(0).padStart(6)} ms`);
console.log(
  `${'step'.padEnd(16)} ${median(totals).toFixed(0).padStart(6)} ms  (best ${Math.min(...totals).toFixed(0)})`,
);
console.log(
  `${'floor'.padEnd(16)} ${floor.toFixed(0).padStart(6)} ms  (${(flops / 1e9).toFixed(2)} GFLOP of products at ${peak.toFixed(2)} GFLOP/s)`,
);
console.log(`step / floor     ${(median(totals) / floor).toFixed(2)}`);
console.log(`memory           ${(backend.bytes / 2 ** 20).toFixed(0)} MiB held by tensors`);
