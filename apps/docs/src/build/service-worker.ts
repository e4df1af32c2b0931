import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = fileURLToPath(new URL('../offline/service-worker.ts', import.meta.url));

/** What live parts and the search are made of: all scripts and styles but those that belong to one page. */
export function livePartsIn(files: readonly string[]): string[] {
  return files.filter((name) => /\.(js|css)$/.test(name) && !/\.md\./.test(name)).sort();
}

/** Writes `service-worker.js`, which knows the names of what it is to keep. */
export async function writeServiceWorker(out: string, base: string): Promise<void> {
  const files = readdirSync(join(out, 'assets'), { recursive: true, encoding: 'utf8' });
  // The names of assets have the hashes of what is in them; models have not.
  const models = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^models\b.*\./.test(name),
  );
  const version = createHash('sha256').update(files.sort().join('\n'));
  for (const name of models.sort()) version.update(readFileSync(join(out, name)));
  const parts = livePartsIn(files).map((name) => `${base}assets/${name}`);
  await build({
    ...{ entryPoints: [source], outfile: join(out, 'service-worker.js') },
    ...{ bundle: true, minify: true, format: 'iife', target: 'es2022', logLevel: 'error' },
    define: {
      BASE: JSON.stringify(base),
      LIVE_PARTS: JSON.stringify(parts),
      VERSION: JSON.stringify(version.digest('hex').slice(0, 12)),
      'process.env.NODE_ENV': '"production"',
    },
  });
}
