/** How the step of a Rnnlm grows with one size at a time: prints JSON, one entry for each size. */
import { Random, sizeOf } from '@unroll/tensor';
import { makeBackend, median, type Ours, Peak } from './ours.ts';
import { makeStep } from './step.ts';
import { type Inputs, productFlops, rnnlm, type Workload, weightShapes } from './workload.ts';

const sizes: Readonly<Record<'T' | 'N' | 'H' | 'V', readonly number[]>> = {
  T: [5, 10, 20, 35, 70, 140, 200],
  N: [1, 4, 10, 20, 64, 128],
  H: [64, 100, 128, 256, 512, 1024, 1500],
  V: [100, 1000, 10_000, 30_000, 100_000],
};

const backend = await makeBackend(JSON.parse(process.argv[2]) as Ours);
const peak = new Peak(backend);
const measured: { size: string; value: number; ms: number; ratio: number }[] = [];
for (const [size, values] of Object.entries(sizes)) {
  for (const value of values) {
    const workload: Workload = { ...rnnlm, [size]: value, ...(size === 'H' ? { D: value } : {}) };
    const step = makeStep(backend, workload, randomInputs(workload));
    const times: number[] = [];
    const end = performance.now() + 1500;
    for (let i = 0; i < 4 || (i < 60 && performance.now() < end); i++) {
      const start = performance.now();
      step.begin(i);
      for (const run of Object.values(step.phases)) run();
      await step.loss();
      if (i > 0) times.push(performance.now() - start);
      await peak.measure();
    }
    step.dispose();
    const ms = median(times);
    measured.push({ size, value, ms, ratio: ms / (productFlops(workload) / peak.rate / 1e6) });
  }
}
console.log(JSON.stringify(measured));
backend.dispose();

function randomInputs(workload: Workload): Inputs {
  const random = new Random(1);
  const weights = new Map(
    Object.entries(weightShapes(workload)).map(([name, [shape, deviation]]) => {
      const values = new Float32Array(sizeOf(shape));
      random.normals(values, deviation);
      return [name, { shape, read: () => values }];
    }),
  );
  const { N, T, V } = workload;
  const ids = () => Int32Array.from({ length: N * T }, () => random.integer(V));
  return { weights, blocks: [[ids(), ids()]] };
}
