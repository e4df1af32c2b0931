import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

export interface Server {
  /** With a slash at the end, the base included. */
  readonly url: string;
  close(): void;
}

export interface ServeOptions {
  /** Sends the headers without which a page may not share memory. */
  readonly isolated: boolean;
  /** Where the site lives on the host. */
  readonly base?: string;
  /** 0: any that is free. */
  readonly port?: number;
}

/** Serves the built site as a static host would, to this machine only. */
export async function serve(
  folder: string,
  { isolated, base = '/', port = 0 }: ServeOptions,
): Promise<Server> {
  const server = createServer((request, response) => {
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = pathname.startsWith(base)
      ? fileFor(folder, decodeURIComponent(pathname.slice(base.length)))
      : undefined;
    response.statusCode = file ? 200 : 404;
    const path = file ?? join(folder, '404.html');
    // Their names have the hashes of what is in them.
    if (pathname.startsWith(`${base}assets/`)) response.setHeader('Cache-Control', 'max-age=3600, immutable');
    response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream');
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The file itself, that with .html behind it, or the index of a folder; nothing outside of the site. */
function fileFor(folder: string, path: string): string | undefined {
  const clean = normalize(`/${path}`);
  return [clean, `${clean}.html`, `${clean}/index.html`]
    .map((name) => join(folder, name))
    .find((name) => existsSync(name) && statSync(name).isFile());
}
