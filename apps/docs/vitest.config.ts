import config from '@unroll/vitest-config';
import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config';

/** The quick part of what looks at the built site comes with it; all of it by vitest.whole.config.ts. */
const docs: ViteUserConfig = mergeConfig(config, defineConfig({ test: { exclude: ['test/whole/**'] } }));

export default docs;
