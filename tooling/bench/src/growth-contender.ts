/** How the step of a Rnnlm grows with one size at a time: prints JSON, one entry for each size. */
import { makeBackend, median, type Ours, Peak } from './ours.ts';
import { randomBlock, timeStep } from './step.ts';
import { rnnlm, type Workload } from './workload.ts';
import { makeWorkloadStep } from './workload-step.ts';

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
    const { N, T, V } = workload;
    const step = makeWorkloadStep(backend, workload, [randomBlock(N, T, V)]);
    const times: number[] = [];
    const end = performance.now() + 1500;
    for (let i = 0; i < 4 || (i < 60 && performance.now() < end); i++) {
      const ms = await timeStep(step, i);
      if (i > 0) times.push(ms);
      await peak.measure();
    }
    step.dispose();
    const ms = median(times);
    measured.push({ size, value, ms, ratio: ms / peak.floorOf(step) });
  }
}
console.log(JSON.stringify(measured));
backend.dispose();
