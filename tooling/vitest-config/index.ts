import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** What Node made of TypeScript, kept for the many processes that tests start: each is there in half the time. */
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/node-compile/', import.meta.url));

/** Tests run from the sources of every workspace package, so that none of them needs a build. */
const config: ViteUserConfig = defineConfig({
  resolve: { conditions: ['@unroll/source'] },
  ssr: { resolve: { conditions: ['@unroll/source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.vitest/results.json' }]],
    env: { NODE_COMPILE_CACHE: compileCache },
    testTimeout: 60_000,
    pool: 'forks',
    passWithNoTests: false,
  },
});

export default config;
