import { createModel } from '@unroll/rnnlm';
import { ReferenceBackend } from '@unroll/tensor';
import { CharTokenizer, type Tokenizer } from '@unroll/text';
import { onTestFinished } from 'vitest';
import { type RunningServer, type ServerOptions, startServer } from '../src/serve/server.ts';
import { smallText } from './unroll.ts';

/** Of the served model. */
export const tokenizer: Tokenizer = CharTokenizer.fromText(smallText);

/** A server in this process, with a model of random weights, that is gone after the test. */
export async function served(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const backend = new ReferenceBackend();
  const sizes = { model: 'rnnlm', vocabSize: tokenizer.vocabulary.size, wordvecSize: 6, hiddenSize: 8 };
  const model = createModel(sizes, { backend, seed: 2 });
  for (const { value } of model.params) backend.scale(value, 3);
  const server = await startServer({
    ...{ model, tokenizer, name: 'small', host: '127.0.0.1', port: 0 },
    ...{ maxConcurrent: 64, maxTokensLimit: 4096, ...options },
  });
  onTestFinished(() => server.stop(0));
  return server;
}

/** As POST /v1/completions. */
export function post(
  url: string,
  body: unknown,
  { headers, ...init }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    ...init,
  });
}

export interface Health {
  readonly status: string;
  readonly active: number;
  readonly queued: number;
}

export async function health(url: string): Promise<Health> {
  return (await (await fetch(`${url}/healthz`)).json()) as Health;
}

/** Asks until so many texts are being written and so many wait; the test's own time limit is the only one. */
export async function until(url: string, expected: Partial<Health>): Promise<void> {
  for (;;) {
    const now = await health(url);
    if (Object.entries(expected).every(([name, value]) => now[name as keyof Health] === value)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
