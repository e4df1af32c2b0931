import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('page', import.meta.url));

/** The page, its worker and what they load, from the sources of the workspace: content by path, such as `/worker.js`. */
export async function bundlePage(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['page.ts', 'worker.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@unroll/source'],
    outdir: folder,
    write: false,
    logLevel: 'silent',
  });
  const html = '<!doctype html><title>Unroll</title><script type="module" src="/page.js"></script>';
  return new Map([
    ['/', new TextEncoder().encode(html)],
    ...outputFiles.map(({ path, contents }) => [`/${relative(folder, path)}`, contents] as const),
  ]);
}
