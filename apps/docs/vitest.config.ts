import config from '@unroll/vitest-config';
import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config';

/** What looks at the built site has configurations of its own. */
const docs: ViteUserConfig = mergeConfig(config, defineConfig({ test: { exclude: ['test/**'] } }));

export default docs;
