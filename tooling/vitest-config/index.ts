import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Tests run from the sources of every workspace package, so that none of them needs a build. */
const config: ViteUserConfig = defineConfig({
  resolve: { conditions: ['@unroll/source'] },
  ssr: { resolve: { conditions: ['@unroll/source'] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: '.vitest/results.json' }]],
    testTimeout: 60_000,
    pool: 'forks',
    passWithNoTests: false,
  },
});

export default config;
