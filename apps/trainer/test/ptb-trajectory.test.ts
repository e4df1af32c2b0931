import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serializeSafetensors } from '@unroll/checkpoint';
import trajectory from '@unroll/fixtures/rnnlm-trajectory.json' with { type: 'json' };
import { trajectoryWeights } from '@unroll/fixtures/trajectory-weights';
import { Random } from '@unroll/tensor';
import { findBlas } from '@unroll/tensor-blas';
import { expect, it } from 'vitest';
import { temporaryFolder, unroll } from './unroll.ts';

const shared = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const ptb = join(process.env.UNROLL_TEST_DATA ?? shared, 'ptb', 'ptb.train.txt');
const [{ options, expected }] = trajectory.cases;

/** With the BLAS of the machine where there is one. */
const backends = ['wasm', 'reference', ...(hasBlas() ? ['blas'] : [])];

function hasBlas(): boolean {
  try {
    return findBlas() !== undefined;
  } catch {
    return false;
  }
}

it.skipIf(!existsSync(ptb)).each(backends)(
  "follows NumPy's losses on the Penn Treebank, on the %s backend: 1e-4 for 20 steps, 1e-3 for 30 (needs ptb/ptb.train.txt; set UNROLL_TEST_DATA)",
  { timeout: 600_000 },
  async (backend) => {
    const folder = await temporaryFolder();
    const out = join(folder, 'run');
    const weights = join(folder, 'initial.safetensors');
    await writeFile(weights, serializeSafetensors(trajectoryWeights(Random, options)));
    // The test is about training: short texts to evaluate on save two minutes.
    await copyFile(ptb, join(folder, 'ptb.train.txt'));
    const few = (await readFile(ptb, 'utf8')).split('\n').slice(0, 30).join('\n');
    for (const name of ['ptb.valid.txt', 'ptb.test.txt']) await writeFile(join(folder, name), few);

    const { code, stderr } = await unroll([
      ...['train', '--model', 'rnnlm', '--data', folder, '--out', out, '--backend', backend],
      ...[
        '--weights',
        weights,
        '--max-steps',
        String(options.steps),
        '--log-every',
        '1',
        '--sample-size',
        '0',
      ],
    ]);
    expect(stderr).toContain('vocabulary  10,000 words');
    expect(code).toBe(0);

    const metrics = (await readFile(join(out, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(metrics).toHaveLength(options.steps);
    const differences = metrics.map((line, i) => {
      const loss = expected.losses64.data[i];
      return Math.abs(JSON.parse(line).loss - loss) / loss;
    });
    expect(Math.max(...differences.slice(0, 20))).toBeLessThan(1e-4);
    expect(Math.max(...differences)).toBeLessThan(1e-3);
  },
);
