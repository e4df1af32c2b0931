import type { Result } from '../src/result.ts';
import { tinyRow } from './tiny.ts';

/** A result as it could be, of which a test changes what it is about. */
export function madeResult(changes: Partial<Result> = {}, perplexity = 13.5): Result {
  const best = { step: 40, epoch: 2, loss: Math.log(14), perplexity: 14 };
  const figure = { loss: Math.log(perplexity), perplexity, predictions: 400 };
  return {
    ...{
      row: tinyRow.id,
      seed: 1,
      command: 'unroll train …',
      commit: 'c0ffee',
      date: '2026-01-02T03:04:05.678Z',
    },
    machine: { cpu: 'Some CPU', cores: 2, platform: 'linux x64', node: 'v24.0.0' },
    ...{ backend: 'wasm', computed: 'wasm, SIMD, 2 threads', threads: 2 },
    ...{ seconds: 200, parts: 1, steps: 60, parameters: 1302, tokensPerSecond: 14809.7 },
    validation: [{ ...best, step: 20, epoch: 1, loss: 3, perplexity: Math.exp(3) }, best],
    best,
    measured: { plain: { command: 'unroll evaluate …', ...figure } },
    sha256: 'ab'.repeat(32),
    dataSha256: 'cd'.repeat(32),
    ...changes,
  };
}
