import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepMeasured, typedCommand } from '@unroll/measured';
import { main } from '../src/main.ts';
import { FailingDisk, faults } from './failing-disk.ts';

/**
 * Makes every call of the file system fail that a small run makes to write, one at a time and in each way, and holds against a
 * run without a fault what comes out after `unroll resume`.
 *
 *   pnpm --filter @unroll/trainer run fault-test
 *   pnpm --filter @unroll/trainer run fault-test --every 10     only each tenth call
 *   pnpm --filter @unroll/trainer run fault-test --record       docs/measured keeps what came of it
 */
const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    record: { type: 'boolean', default: false },
  },
});
const every = Number(values.every);
if (!(Number.isInteger(every) && every > 0))
  throw new Error(`--every: expected a whole number from 1, got ${values.every}`);

const folder = mkdtempSync(join(tmpdir(), 'unroll-faults-'));
const data = join(folder, 'text.txt');
const out = join(folder, 'run');
writeFileSync(data, 'the cat sat on the mat\nand the dog ran to the tree\n'.repeat(60));
const training = [
  ...['train', '--data', data, '--out', out, '--tokenizer', 'char', '--backend', 'reference'],
  ...['--wordvec-size', '4', '--hidden-size', '6', '--batch-size', '4', '--time-size', '10'],
  ...['--max-steps', '9', '--eval-interval', '3', '--save-interval', '2', '--log-every', '3'],
  ...['--optimizer', 'adam', '--lr', '0.05', '--sample-size', '10'],
];

process.setMaxListeners(0);
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);
const disk = await FailingDisk.install(out);

/** Runs the command in this process; what it says is kept from the terminal. */
async function unroll(args: readonly string[]): Promise<{ code: number; said: string }> {
  const { write } = process.stderr;
  let said = '';
  process.stderr.write = ((chunk: string | Uint8Array) => {
    said += chunk;
    return true;
  }) as typeof process.stderr.write;
  try {
    return { code: await main(args), said };
  } finally {
    process.stderr.write = write;
  }
}

/** What a run leaves that no fault may change. */
function remains(): string {
  const read = (name: string) => readFileSync(join(out, name));
  return JSON.stringify([
    createHash('sha256').update(read('model.safetensors')).digest('hex'),
    // The speed is that of the moment; everything else is that of the run.
    read('metrics.jsonl')
      .toString()
      .replace(/,"tokensPerSecond":[^}]*/g, ''),
    read('evaluations.jsonl').toString(),
    read('samples.txt').toString(),
  ]);
}

function expect(isSo: boolean, what: string, { code, said }: { code: number; said: string }): void {
  if (!isSo) throw new Error(`${what}; it ended with ${code}:\n${said}`);
}

let count = 0;
try {
  disk.arm(Number.POSITIVE_INFINITY, 'EIO');
  const whole = await unroll(training);
  const calls = disk.disarm();
  expect(whole.code === 0, 'the run without a fault did not end well', whole);
  const expected = remains();

  for (const [which, fault] of faults.entries()) {
    const codes = new Map<number, number>();
    for (let at = which % every; at < calls; at += every) {
      rmSync(out, { recursive: true, force: true });
      disk.arm(at, fault);
      const struck = await unroll(training);
      disk.disarm();
      const what = `${fault} at call ${at} (${disk.failed})`;
      codes.set(struck.code, (codes.get(struck.code) ?? 0) + 1);
      if (disk.failed !== undefined) count++;
      if (struck.code !== 0) {
        const isBegun = existsSync(join(out, 'run.json'));
        const allowed = struck.said.includes('could not be read')
          ? 3
          : isBegun
            ? 5
            : struck.code === 2
              ? 2
              : 5;
        expect(struck.code === allowed, `after ${what}, expected the exit code ${allowed}`, struck);
        expect(struck.said.includes('error:'), `after ${what}, expected the error to be shown`, struck);
        // What had not begun yet is begun anew; everything else goes on from the old checkpoint or the new one.
        if (!isBegun) rmSync(out, { recursive: true, force: true });
        const after = await unroll(isBegun ? ['resume', out] : training);
        expect(after.code === 0, `after ${what}, the run could not go on`, after);
      }
      if (remains() !== expected) throw new Error(`after ${what}, the run came out otherwise`);
    }
    console.log(`${fault.padEnd(12)}${describe(codes)}`);
  }
  console.log(`${count} faults, of ${calls} calls in ${faults.length} ways: every run came out the same`);
  if (values.record) {
    await keepMeasured({
      name: 'faults',
      title: 'A disk that fails',
      about: `Makes calls of the file system fail while a run writes, one at a time, in ${faults.length} ways (${faults.join(', ')}), and resumes it: the error has to be shown, and weights, metrics and samples to be those of a run without a fault.`,
      command: typedCommand('pnpm --filter @unroll/trainer run fault-test'),
      figures: [
        { what: 'calls that a run makes', value: String(calls) },
        { what: 'faults', value: String(count) },
        { what: 'came out otherwise', value: '0', asked: '0' },
      ],
    });
  }
} finally {
  disk.disarm();
  rmSync(folder, { recursive: true, force: true });
}

function describe(codes: ReadonlyMap<number, number>): string {
  return [...codes]
    .sort(([a], [b]) => a - b)
    .map(([code, times]) => `${times} ended with ${code}`)
    .join(', ');
}
