import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vitepress';
import { sourceFiles } from './source-files.ts';
import { sourcePage } from './source-page.ts';

type Lines = (code: string) => readonly string[];

const htmlOf = async (root: string, file: string, lines: Lines, base: string): Promise<string> =>
  sourcePage(file, lines(await readFile(join(root, file), 'utf8')), base);

/** Writes a page for each source file: `source/packages/layers/src/time-lstm.html`. */
export async function writeSourcePages(root: string, out: string, lines: Lines, base: string): Promise<void> {
  for (const file of sourceFiles(root)) {
    const path = join(out, 'source', file.replace(/\.ts$/, '.html'));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await htmlOf(root, file, lines, base));
  }
}

/** The same pages while the site is being written. */
export function serveSourcePages(root: string, lines: Lines, base: string): Plugin {
  const prefix = `${base}source/`;
  return {
    name: 'unroll:source-pages',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').split('?')[0];
        const file = `${path.slice(prefix.length).replace(/\.html$/, '')}.ts`;
        if (!path.startsWith(prefix) || !sourceFiles(root).includes(file)) {
          next();
          return;
        }
        htmlOf(root, file, lines, base).then((html) => {
          response.setHeader('Content-Type', 'text/html; charset=utf-8');
          response.end(html);
        }, next);
      });
    },
  };
}
