import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Answer } from './answer.ts';

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export interface Site {
  readonly url: string;
  /** What the page posts to /answer. */
  readonly answer: Promise<Answer>;
  close(): void;
}

/** Serves files to this machine only, at a free port, with or without the headers that isolate a page. */
export async function startSite(files: ReadonlyMap<string, Uint8Array>, isolated: boolean): Promise<Site> {
  const { promise: answer, resolve, reject } = Promise.withResolvers<Answer>();
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(isolated ? ISOLATION : {})) response.setHeader(name, value);
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST' && pathname === '/answer') {
      json(request).then((value) => resolve(value as Answer), reject);
      response.writeHead(204).end();
      return;
    }
    const content = files.get(pathname);
    const type = pathname === '/' ? 'text/html' : 'text/javascript';
    if (content) response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(content);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    answer,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
