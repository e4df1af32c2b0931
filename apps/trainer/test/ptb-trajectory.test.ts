import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serializeSafetensors } from '@unroll/checkpoint';
import betterTrajectory from '@unroll/fixtures/better-rnnlm-trajectory.json' with { type: 'json' };
import { betterTrajectoryWeights } from '@unroll/fixtures/better-trajectory-weights';
import trajectory from '@unroll/fixtures/rnnlm-trajectory.json' with { type: 'json' };
import { trajectoryWeights } from '@unroll/fixtures/trajectory-weights';
import { Random } from '@unroll/tensor';
import { findBlas } from '@unroll/tensor-blas';
import { expect, it } from 'vitest';
import { temporaryFolder, unroll } from './unroll.ts';

const shared = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const ptb = join(process.env.UNROLL_TEST_DATA ?? shared, 'ptb', 'ptb.train.txt');

/** With the BLAS of the machine where there is one. */
const fastBackends = ['wasm', ...(hasBlas() ? ['blas'] : [])];

function hasBlas(): boolean {
  try {
    return findBlas() !== undefined;
  } catch {
    return false;
  }
}

/** How far the loss of each step of `unroll train` on the Penn Treebank is from the expected one, relative to it. */
async function differencesOf(
  weights: Parameters<typeof serializeSafetensors>[0],
  losses: readonly number[],
  args: readonly string[],
): Promise<number[]> {
  const folder = await temporaryFolder();
  const out = join(folder, 'run');
  const initial = join(folder, 'initial.safetensors');
  await writeFile(initial, serializeSafetensors(weights));
  // The test is about training: short texts to evaluate on save two minutes.
  await copyFile(ptb, join(folder, 'ptb.train.txt'));
  const few = (await readFile(ptb, 'utf8')).split('\n').slice(0, 30).join('\n');
  for (const name of ['ptb.valid.txt', 'ptb.test.txt']) await writeFile(join(folder, name), few);

  const { code, stderr } = await unroll([
    ...['train', '--data', folder, '--out', out, '--weights', initial],
    ...['--max-steps', String(losses.length), '--log-every', '1', '--sample-size', '0'],
    ...args,
  ]);
  expect(stderr).toContain('vocabulary  10,000 words');
  expect(code).toBe(0);

  const metrics = (await readFile(join(out, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  expect(metrics).toHaveLength(losses.length);
  return metrics.map((line, i) => Math.abs(JSON.parse(line).loss - losses[i]) / losses[i]);
}

it.skipIf(!existsSync(ptb)).for([...fastBackends, 'reference'])(
  "follows NumPy's losses on the Penn Treebank, on the %s backend: 1e-4 for 20 steps, 1e-3 for 30 (needs ptb/ptb.train.txt; set UNROLL_TEST_DATA)",
  { timeout: 600_000 },
  async (backend, { annotate }) => {
    const [{ options, expected }] = trajectory.cases;
    const weights = trajectoryWeights(Random, options);
    const args = ['--model', 'rnnlm', '--backend', backend];
    const differences = await differencesOf(weights, expected.losses64.data, args);
    const [of20, of30] = [Math.max(...differences.slice(0, 20)), Math.max(...differences)];
    await annotate(`at most ${of20.toExponential(1)} in 20 steps, ${of30.toExponential(1)} in 30, relative`);
    expect(of20).toBeLessThan(1e-4);
    expect(of30).toBeLessThan(1e-3);
  },
);

// The reference backend would take many minutes for a model of this size.
it.skipIf(!existsSync(ptb)).for(fastBackends)(
  "follows PyTorch's losses of the better model, on the %s backend: 1e-4 for 20 steps (needs ptb/ptb.train.txt; set UNROLL_TEST_DATA)",
  { timeout: 600_000 },
  async (backend, { annotate }) => {
    const [{ options, expected }] = betterTrajectory.cases;
    const { H } = options;
    const weights = betterTrajectoryWeights(Random, options);
    const differences = await differencesOf(weights, expected.losses64.data, [
      ...['--model', 'better-rnnlm', '--wordvec-size', String(H), '--hidden-size', String(H)],
      ...['--dropout', '0', '--backend', backend],
    ]);
    const largest = Math.max(...differences);
    await annotate(`at most ${largest.toExponential(1)} in ${differences.length} steps, relative`);
    expect(largest).toBeLessThan(1e-4);
  },
);
