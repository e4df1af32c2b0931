import { defineConfig, type Options } from 'tsup';

/** The one place that knows tsup: JavaScript only; tsc writes the declarations. */
export const bundle = (options: Options = {}): ReturnType<typeof defineConfig> =>
  defineConfig({
    entry: ['src/index.ts'],
    format: ['esm'],
    platform: 'neutral',
    target: 'es2022',
    dts: false,
    sourcemap: true,
    clean: true,
    silent: true,
    removeNodeProtocol: false,
    external: [/^node:/],
    ...options,
  });

export default bundle();
