import { basename, resolve } from 'node:path';
import { type BackendOptions, chooseBackend } from '@unroll/backend';
import { loadModel } from '@unroll/model-folder/node';
import pc from 'picocolors';
import { ExitCode, UsageError } from '../exit-code.ts';
import { huggingFace } from '../hugging-face.ts';
import { isLoopback } from '../serve/guards.ts';
import { type RunningServer, type ServerOptions, startServer } from '../serve/server.ts';
import { type Ending, listenToSignals } from '../signals.ts';

export interface ServeOptions extends BackendOptions {
  host: string;
  port: number;
  maxConcurrent: number;
  maxTokensLimit: number;
  cors?: string;
}

/** What is being written when the server is told to end has so long to come to an end itself. */
const GRACE = 5000;

/** Lets a model write for who asks by HTTP, until it is told to end. */
export async function serveModel(folder: string, options: ServeOptions): Promise<number> {
  const { host, port, maxConcurrent, maxTokensLimit, cors } = options;
  if (cors !== undefined && !(URL.canParse(cors) && new URL(cors).origin === cors)) {
    throw new UsageError(`--cors: expected an origin such as https://example.org, got ${cors}`);
  }
  const { backend, description } = await chooseBackend(options);
  const { model, tokenizer } = await loadModel(folder, { backend, huggingFace });
  const name = basename(resolve(folder));
  const server = await start({ model, tokenizer, name, host, port, maxConcurrent, maxTokensLimit, cors });
  const told = new Promise<Ending>((tell) => listenToSignals(tell));
  console.error(`${name} writes at ${pc.bold(server.url)} (${description}); Ctrl-C ends`);
  if (!isLoopback(host)) {
    console.error(
      `${pc.yellow('warning:')} others than this machine may reach ${host}, and nobody is asked who they are`,
    );
  }
  const ending = await told;
  console.error('ending: what is being written may be finished; again: at once');
  await server.stop(GRACE);
  return ExitCode.ofSignal[ending];
}

async function start(options: ServerOptions): Promise<RunningServer> {
  try {
    return await startServer(options);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const { host, port } = options;
    if (code === 'EADDRINUSE') {
      throw new UsageError(`--port ${port}: something else listens there already; --port 0 takes a free one`);
    }
    if (code === 'ERR_SOCKET_BAD_PORT') {
      throw new UsageError(`--port ${port}: expected a whole number up to 65535`);
    }
    if (code === 'EACCES') {
      throw new UsageError(`--port ${port}: this user may not listen there; ports from 1024 are free to all`);
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      throw new UsageError(`--host ${host}: this machine has no such address`);
    }
    throw error;
  }
}
