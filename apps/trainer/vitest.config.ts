import config from '@unroll/vitest-config';
import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config';

/** Most of these tests wait for a process that they started: two files at a time, however few cores there are. */
const trainer: ViteUserConfig = mergeConfig(
  config,
  defineConfig({ test: { maxWorkers: 2, testTimeout: 180_000 } }),
);

export default trainer;
