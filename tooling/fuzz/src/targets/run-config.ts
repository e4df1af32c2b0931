import { CheckpointError } from '@unroll/checkpoint';
import { parseRunConfig, serializeRunConfig } from '@unroll/trainer/src/run-folder/run-config.ts';
import { expectThat } from '../expect-that.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Target } from '../target.ts';
import { settingsSeeds } from './configuration.ts';

const seeds = settingsSeeds
  .filter((seed) => !('out' in seed))
  .map((settings) => ({ version: 2, dataSha256: 'a1'.repeat(32), settings }));

export const runConfig: Target = {
  name: 'run-config',
  refusals: 'CheckpointError',
  make: (random) => mutatedDocument(seeds, random),
  run(input) {
    const config = parseRunConfig(input, 'run.json');
    const again = parseRunConfig(serializeRunConfig(config), 'run.json');
    expectThat(again.dataSha256 === config.dataSha256, 'to read the same from what was written');
  },
  isRefusal: CheckpointError.isInstance,
};
