import { setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { LanguageModel } from '@unroll/rnnlm';
import type { Tokenizer } from '@unroll/text';
import { Engine } from '../generation/engine.ts';
import { ApiError } from './api-error.ts';
import { type AppOptions, makeApp } from './app.ts';

export interface ServerOptions extends Omit<AppOptions, 'model' | 'stopped'> {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  /** As requests name the model. */
  readonly name: string;
  /** 0: a free one. */
  readonly port: number;
  /** Milliseconds: a connection on which nothing moves for so long is closed, unless an answer for it is being computed. */
  readonly longestStall?: number;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Takes nothing more, and resolves when all is written that was begun; what is not after so long is cut off. */
  stop(milliseconds: number): Promise<void>;
}

/**
 * The rows of a batch; see Engine. With twice as many, fifty texts at a time come 5 to 25 % faster, and one alone takes half as long
 * again; with one row, of a model with 650 hidden units a quarter as many tokens come.
 */
const ROWS = 5;
/** Connections at the same time. Each may hold a body that is being read. */
const MOST_CONNECTIONS = 512;
/** For a stream that is cut off to say so. */
const LAST_WORDS = 250;
const LONGEST_STALL = 60_000;
/** From the first byte of a request to its last. */
const LONGEST_REQUEST = 30_000;

/** Resolves when it listens; rejects with the system's error if it cannot. */
export async function startServer({
  model,
  tokenizer,
  name,
  port,
  longestStall = LONGEST_STALL,
  ...options
}: ServerOptions): Promise<RunningServer> {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // one for each request
  const engine = new Engine(model, { rows: ROWS });
  const app = makeApp({ ...options, model: { name, engine, tokenizer }, stopped: stopping.signal });
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      const refused = new ApiError(
        400,
        error instanceof Error ? error.message : 'a request that makes no sense',
      );
      return Response.json(refused, { status: refused.status });
    },
  });
  const server = createServer(
    { requestTimeout: LONGEST_REQUEST, connectionsCheckingInterval: 1000 },
    listener,
  );
  server.maxConnections = MOST_CONNECTIONS;
  const answering = countAnswers(server);
  server.setTimeout(longestStall, (socket) => {
    // Also in the name of `keepAliveTimeout`. What is written and not taken is waited for no longer.
    if (socket.writableLength > 0 || !answering(socket)) socket.destroy();
  });
  await listen(server, options.host, port);
  return {
    url: urlOf(server, options.host),
    stop: async (milliseconds) => {
      server.keepAliveTimeout = 1; // for those that are busy now; the idle ones are closed at once
      const closed = new Promise((resolve) => server.close(resolve));
      const enough = setTimeout(() => {
        stopping.abort();
        setTimeout(() => server.closeAllConnections(), LAST_WORDS);
      }, milliseconds);
      await closed;
      clearTimeout(enough);
    },
  };
}

/** Says of a connection whether an answer for it is on its way. */
function countAnswers(server: Server): (socket: Socket) => boolean {
  const counts = new Map<Socket, number>();
  const add = (socket: Socket, more: number): void => {
    const count = (counts.get(socket) ?? 0) + more;
    if (count > 0) counts.set(socket, count);
    else counts.delete(socket);
  };
  server.on('request', ({ socket }, response) => {
    add(socket, 1);
    response.once('close', () => add(socket, -1));
  });
  return (socket) => counts.has(socket);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
