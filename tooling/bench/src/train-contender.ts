/** Trains a workload with our own code and prints one line of JSON, as the peers do; see peers/README.md. */
import { readFileSync } from 'node:fs';
import { makeBackend, median, type Ours, Peak } from './ours.ts';
import { readWorkload, type Workload } from './workload.ts';
import { makeWorkloadStep } from './workload-step.ts';

const config = JSON.parse(readFileSync(process.argv[2], 'utf8')) as Workload &
  Ours & { weights: string; steps: number; timed: number; maxSeconds: number };
const { weights, blocks } = readWorkload(config.weights, config);
const begin = performance.now();
const backend = await makeBackend(config);
const { phases, flops, loss, begin: beginStep } = makeWorkloadStep(backend, config, blocks, weights);
const setupMs = performance.now() - begin;
const peak = new Peak(backend);

const losses: number[] = [];
const firstSteps: number[] = [];
const times: number[] = [];
const spent: Record<string, number[]> = {};
let block = 0;

async function step(timings: number[]): Promise<number> {
  const start = performance.now();
  let since = start;
  beginStep(block++);
  for (const [name, run] of Object.entries(phases)) {
    run();
    const now = performance.now();
    spent[name] ??= [];
    spent[name].push(now - since);
    since = now;
  }
  const value = await loss();
  timings.push(performance.now() - start);
  return value;
}

const deadline = performance.now() + config.maxSeconds * 1000;
for (let i = 0; i < config.steps; i++) losses.push(await step(firstSteps));
for (const name of Object.keys(spent)) spent[name].length = 0;
for (let i = 0; i < config.timed && performance.now() < deadline; i++) {
  await step(times);
  await peak.measure();
}

/** In bytes. Linux keeps it for each process; what Node gives may be that of the process that started it. */
function peakMemory(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

console.log(
  JSON.stringify({
    name: 'unroll',
    threads: 'threads' in backend ? backend.threads : 1,
    losses,
    firstSteps,
    times,
    setupMs,
    peakRss: peakMemory(),
    ...(times.length > 0 && { gflops: peak.rate, floorMs: peak.floorOf({ flops }) }),
    phases: Object.fromEntries(Object.entries(spent).map(([name, all]) => [name, median(all)])),
  }),
);
backend.dispose();
