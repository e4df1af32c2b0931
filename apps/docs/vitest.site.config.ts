import config from '@unroll/vitest-config';
import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config';

/** The built site in Chromium, as far as it takes a few minutes. */
const site: ViteUserConfig = mergeConfig(
  config,
  defineConfig({ test: { exclude: ['src/**', 'test/whole/**'], reporters: ['default'] } }),
);

export default site;
