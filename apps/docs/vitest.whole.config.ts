import config from '@unroll/vitest-config';
import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config';

/** Everything that looks at the built site. */
const whole: ViteUserConfig = mergeConfig(
  config,
  defineConfig({ test: { exclude: ['src/**'], reporters: ['default'] } }),
);

export default whole;
