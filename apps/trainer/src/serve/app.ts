import { createHash } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { streamSSE } from 'hono/streaming';
import { ApiError } from './api-error.ts';
import { requestParser } from './completion-request.ts';
import { CompletionJob, type ServedModel } from './completions.ts';
import { guardHost, guardOrigin } from './guards.ts';
import { makePage } from './page.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import { NoPlaceError, Places } from './places.ts';
import { readJson } from './read-json.ts';

export interface AppOptions {
  readonly model: ServedModel;
  /** Where the server listens. */
  readonly host: string;
  /** Texts that are written at the same time. */
  readonly maxConcurrent: number;
  /** The most that a request may ask for. */
  readonly maxTokensLimit: number;
  /** Whose pages may use the server, beside its own. */
  readonly cors?: string;
  /** Ends what is being written. */
  readonly stopped: AbortSignal;
}

type Env = { Bindings: HttpBindings };

/** Who takes nothing of a stream for so long has gone away without a word, or should. */
const LONGEST_STALL = 60_000;

/** Everything that the server answers. */
export function makeApp(options: AppOptions): Hono<Env> {
  const { model, maxConcurrent, maxTokensLimit } = options;
  const places = new Places(maxConcurrent);
  const parse = requestParser({ mostTokens: maxTokensLimit, mostTexts: maxConcurrent });
  const created = Math.floor(Date.now() / 1000);
  const page = makePage(maxTokensLimit);
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    c.header('x-content-type-options', 'nosniff');
    await next();
  });
  app.use(guardHost(options.host), guardOrigin(options.cors));
  if (options.cors !== undefined) app.use('/v1/*', cors({ origin: [options.cors] }));

  app.get('/', (c) => {
    c.header('content-security-policy', contentPolicy);
    return c.html(page);
  });
  app.get('/healthz', (c) => c.json({ status: 'ok', active: places.active, queued: places.queued }));
  app.get('/v1/models', (c) =>
    c.json({ object: 'list', data: [{ id: model.name, object: 'model', created, owned_by: 'unroll' }] }),
  );

  app.post('/v1/completions', async (c) => {
    const signal = signalOf(c, options.stopped); // before anything is waited for, so that nobody leaves unseen
    const request = parse(await readJson(c.req.raw));
    if (request.model !== undefined && request.model !== model.name) {
      throw new ApiError(404, `model: expected ${model.name}, which is served here, got ${request.model}`, {
        ...{ param: 'model', code: 'model_not_found' },
      });
    }
    const job = new CompletionJob(request, model);
    const giveBack = await places.take(job.texts, signal);
    if (request.stream) return streamParts(c, job, signal, giveBack);
    try {
      return c.json(await job.whole(signal));
    } finally {
      giveBack();
    }
  });

  for (const [path, allow] of Object.entries({
    '/': 'GET',
    '/healthz': 'GET',
    '/v1/models': 'GET',
    '/v1/completions': 'POST',
  })) {
    app.all(path, (c) => {
      throw new ApiError(405, `${path}: expected ${allow}, got ${c.req.method}`, { headers: { allow } });
    });
  }
  app.notFound((c) => answer(c, new ApiError(404, `there is no ${c.req.path}`)));
  app.onError((error, c) => answer(c, asApiError(error)));
  return app;
}

/** As server-sent events, of which `[DONE]` is the last. */
function streamParts(
  c: Context<Env>,
  job: CompletionJob,
  signal: AbortSignal,
  giveBack: () => void,
): Response {
  const { outgoing } = c.env;
  // Nothing is written while a prompt is being read; only a client that does not take what is there is sent away.
  outgoing.setTimeout(LONGEST_STALL, () => {
    if (outgoing.writableLength > 0) outgoing.destroy();
  });
  return streamSSE(c, async (stream) => {
    try {
      await job.parts(signal, async (part) => {
        await stream.writeSSE({ data: JSON.stringify(part) });
      });
      await stream.writeSSE({ data: '[DONE]' });
    } catch (error) {
      await stream.writeSSE({ data: JSON.stringify(asApiError(error)) });
    } finally {
      giveBack();
    }
  });
}

/** Aborted when the client goes away or has its answer, and when the server is stopped. */
function signalOf(c: Context<Env>, stopped: AbortSignal): AbortSignal {
  const over = new AbortController();
  const abort = () => over.abort();
  stopped.addEventListener('abort', abort);
  c.env.outgoing.once('close', () => {
    stopped.removeEventListener('abort', abort);
    abort();
  });
  return over.signal;
}

function answer(c: Context<Env>, error: ApiError): Response {
  return c.json(error, error.status, error.headers);
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof NoPlaceError) {
    return new ApiError(503, `${error.message}; try again in a moment`, {
      ...{ code: 'overloaded', headers: { 'retry-after': '1' } },
    });
  }
  // Ended while it waited.
  if (error instanceof DOMException && error.name === 'AbortError')
    return new ApiError(503, 'the server is being stopped');
  // A client that left while it sent its request is no error of ours.
  if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') console.error(error);
  return new ApiError(500, 'something went wrong here; what, stands where unroll serve was started');
}

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
/** The page needs its own script and style, and this server; it may not be put into another page. */
const contentPolicy = [
  "default-src 'none'",
  `script-src ${sha256(pageScript)}`,
  `style-src ${sha256(pageStyle)}`,
  "connect-src 'self'",
  'img-src data:',
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');
