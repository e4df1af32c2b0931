// What the JavaScript peers share: reading a config and its weights, timing the steps, and the one line of JSON.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Trains and prints. `load` imports the library and returns `build(config, tensors)`, which returns
 * `step(xs, ts)`, which takes the ids of one block, (N, T) in a row, and returns the loss.
 */
export async function run(name, library, load) {
  let version = null;
  const print = (fields) => console.log(JSON.stringify({ name, version, ...fields }));
  try {
    version = readJson(new URL(`node_modules/${library}/package.json`, import.meta.url)).version;
    const config = readJson(process.argv[2]);
    const { tensors, blocks } = readWeights(config);
    print(await measure(config, await load(config), tensors, blocks));
  } catch (error) {
    console.error(error);
    print({ error: String(error?.message ?? error).split('\n', 1)[0] });
  }
  process.exit(); // a peer that cannot do it has still answered, and no worker keeps it alive
}

async function measure(config, build, tensors, blocks) {
  const { steps, timed, maxSeconds } = config;
  const start = performance.now();
  const step = await build(config, tensors);
  const setupMs = performance.now() - start;
  const late = () => performance.now() - start > maxSeconds * 1000;
  const losses = [];
  const times = [];
  const measureStep = async (index) => {
    const before = performance.now();
    const loss = await step(...blocks[index % blocks.length]);
    times.push(performance.now() - before);
    return loss;
  };
  while (losses.length < steps) {
    losses.push(await measureStep(losses.length));
    if (losses.length === 1 && late()) break;
  }
  while (times.length < steps + timed && !late()) await measureStep(times.length);
  return {
    threads: step.threads ?? 1,
    losses,
    firstSteps: times.slice(0, losses.length),
    times: times.slice(losses.length),
    setupMs,
    peakRss: peakRss(),
  };
}

function readWeights({ weights: folder, N, T }) {
  const { ids, ...entries } = readJson(join(folder, 'manifest.json'));
  const bytes = (file) => new Uint8Array(readFileSync(join(folder, file))).buffer;
  const all = new Int32Array(bytes(ids.file));
  const block = (index) => all.slice(index * N * T, (index + 1) * N * T);
  return {
    tensors: Object.fromEntries(
      Object.entries(entries).map(([name, { shape, file }]) => [
        name,
        { shape, values: new Float32Array(bytes(file)) },
      ]),
    ),
    blocks: Array.from({ length: ids.shape[0] }, (_, index) => [block(2 * index), block(2 * index + 1)]),
  };
}

/** In bytes. Not maxRSS: a process takes that over from the one that started it, and keeps it if it is larger. */
function peakRss() {
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
