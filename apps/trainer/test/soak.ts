/**
 * Trains for an hour, and looks at the process every ten seconds: does it hold more and more memory, does it grow slower?
 *
 *     pnpm --filter @unroll/trainer run soak --data <PTB> --minutes 60
 *
 * What a process has of the system goes up and down by megabytes with what its collector of garbage finds worth while. So with --small the model is
 * so small that minutes make as many steps as days do, and the heap is measured after everything that can go has been collected:
 *
 *     pnpm --filter @unroll/trainer run soak --small --minutes 6
 *
 * With --record, docs/measured keeps what came of it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keepMeasured, typedCommand } from '@unroll/measured';
import { count } from '../src/format.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    minutes: { type: 'string', default: '60' },
    backend: { type: 'string', default: 'wasm' },
    threads: { type: 'string', default: '2' },
    small: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const folder = mkdtempSync(join(tmpdir(), 'unroll-soak-'));
const out = join(folder, 'run');
if (values.data === undefined) {
  const words = Array.from({ length: 900_000 }, (_, i) => ((i * 2654435761) % 9973).toString(36));
  writeFileSync(join(folder, 'words.txt'), words.join(' '));
}

const heapLog = join(folder, 'heap.jsonl');
const SMALL = [
  ...[
    '--tokenizer',
    'char',
    '--wordvec-size',
    '4',
    '--hidden-size',
    '8',
    '--batch-size',
    '4',
    '--time-size',
    '5',
  ],
  ...['--lr', '0.5', '--eval-interval', '200000'],
];

const child = spawn(
  process.execPath,
  [
    ...(values.small ? ['--expose-gc', '--import', new URL('./log-heap.mjs', import.meta.url).href] : []),
    fileURLToPath(new URL('../bin/unroll.js', import.meta.url)),
    ...['train', '--data', values.data ?? join(folder, 'words.txt'), '--out', out],
    ...[
      '--backend',
      values.backend,
      '--threads',
      values.threads,
      '--epochs',
      '100000',
      '--eval-interval',
      '2000',
    ],
    ...(values.small ? SMALL : []),
    ...['--max-time', `${minutes}m`, '--quiet'],
  ],
  { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, HEAP_LOG: heapLog } },
);
const ended = new Promise<number | null>((resolve) => child.on('close', resolve));

/** Minutes since the beginning, and megabytes. */
const memory: [minute: number, megabytes: number][] = [];
const begin = performance.now();
const minutesSince = () => (performance.now() - begin) / 60_000;
let isOver = false;
ended.then(() => {
  isOver = true;
});
while (!isOver) {
  await Promise.race([sleep(10_000), ended]);
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    if (kilobytes !== undefined) memory.push([minutesSince(), Number(kilobytes) / 1024]);
  } catch {
    break; // it has ended
  }
}
const code = await ended;
if (values.small) {
  const lines = readFileSync(heapLog, 'utf8').trim().split('\n');
  memory.splice(0, memory.length, ...lines.map((line) => JSON.parse(line)));
}

const speeds = readFileSync(join(out, 'metrics.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => Number(JSON.parse(line).tokensPerSecond));
const lastStep = JSON.parse(
  readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n').at(-1) ?? '',
).step;
// By the share of steps: they are logged at equal distances.
const part = Math.max(1, Math.round((speeds.length * 10) / minutes));
const [first, last] = [median(speeds.slice(0, part)), median(speeds.slice(-part))];
const settled = memory.filter(([minute]) => minute >= Math.min(5, minutes / 2));
console.log(
  `ended with ${code} after ${minutesSince().toFixed(1)} minutes, ${speeds.length} logged intervals`,
);
console.log(
  `${values.small ? 'heap after collection' : 'memory'}: ${settled[0][1].toFixed(1)} MB after ${settled[0][0].toFixed(0)} minutes, ${settled.at(-1)?.[1].toFixed(1)} MB at the end, least ${Math.min(...settled.map(([, mb]) => mb)).toFixed(1)}, most ${Math.max(...settled.map(([, mb]) => mb)).toFixed(1)} MB; slope ${(slope(settled) * 60).toFixed(2)} MB an hour, ${lastStep} steps`,
);
console.log(
  `speed: ${first.toFixed(0)} tokens/s in the first ten minutes (median), ${last.toFixed(0)} in the last: ${((last / first - 1) * 100).toFixed(2)} %`,
);
rmSync(folder, { recursive: true, force: true });
if (code !== 0) process.exitCode = 1;
else if (values.record) {
  const all = settled.map(([, mb]) => mb);
  const range = `${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)} MB`;
  await keepMeasured({
    name: values.small ? 'soak-small' : 'soak',
    title: values.small ? 'Millions of steps' : 'Without a break',
    about: values.small
      ? 'Trains a model so small that minutes make as many steps as days do, and measures the heap after all that can go has been collected.'
      : 'Trains the model of the book without a break, and looks at the process every ten seconds.',
    command: typedCommand('pnpm --filter @unroll/trainer run soak'),
    figures: [
      { what: 'steps', value: count(lastStep) },
      { what: values.small ? 'heap after collection' : 'memory, from the fifth minute on', value: range },
      {
        what: 'slope of the line of least squares',
        value: `${(slope(settled) * 60).toFixed(2)} MB an hour`,
        ...(values.small ? {} : { asked: 'under 1 MB an hour' }),
      },
      // In less time the first ten minutes and the last are the same.
      ...(minutes < 20
        ? []
        : [
            {
              what: 'speed in the last ten minutes against the first',
              value: `${((last / first - 1) * 100).toFixed(2)} %`,
              asked: 'within 3 %',
            },
          ]),
    ],
  });
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Of the line of least squares, per minute. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (pick: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)];
  const above = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return above / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}
