import { writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import OpenAI, { type APIError, BadRequestError, InternalServerError, NotFoundError } from 'openai';
import { describe, expect, it } from 'vitest';
import { health, post, served, tokenizer, until } from './serving.ts';
import { smallText, smallTraining, start, temporaryFolder, unroll } from './unroll.ts';

const client = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
const model = 'small';

describe('the openai client', () => {
  it('gets a text of the length that it asked for, the same for the same seed', async () => {
    const { completions } = client((await served()).url);
    const ask = (seed: number) => completions.create({ model, prompt: 'the ', max_tokens: 30, seed });
    const first = await ask(3);
    expect(first).toMatchObject({
      ...{ object: 'text_completion', model },
      choices: [{ index: 0, finish_reason: 'length', logprobs: null }],
      usage: { prompt_tokens: 4, completion_tokens: 30, total_tokens: 34 },
    });
    expect(first.id).toMatch(/^cmpl-/);
    expect(Math.abs(first.created - Date.now() / 1000)).toBeLessThan(600);
    expect(first.choices[0].text).toHaveLength(30);
    expect((await ask(3)).choices).toEqual(first.choices);
    expect((await ask(4)).choices).not.toEqual(first.choices);
  });

  it('gets a stream whose parts are the same text, with the usage if it asks for it', async () => {
    const { completions } = client((await served()).url);
    const asked = { model, prompt: 'the ', max_tokens: 30, seed: 3 };
    const whole = await completions.create(asked);
    let text = '';
    const reasons: unknown[] = [];
    const usages: unknown[] = [];
    const stream = await completions.create({
      ...asked,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const { choices, usage } of stream) {
      for (const choice of choices) {
        text += choice.text;
        reasons.push(choice.finish_reason);
      }
      usages.push(usage);
    }
    expect(text).toBe(whole.choices[0].text);
    expect(reasons).toEqual([...reasons.slice(1).map(() => null), 'length']);
    expect(usages).toEqual([...usages.slice(1).map(() => null), whole.usage]);
  });

  it('gets several texts for several prompts, each that of its own seed and prompt alone', async () => {
    const { completions } = client((await served()).url);
    const ask = (prompt: string, seed: number) =>
      completions.create({ model, prompt, max_tokens: 20, seed }).then(({ choices }) => choices[0].text);
    const expected = [await ask('the ', 5), await ask('the ', 6), await ask('cat', 5), await ask('cat', 6)];
    const asked = { model, prompt: ['the ', 'cat'], n: 2, max_tokens: 20, seed: 5 };
    const { choices, usage } = await completions.create(asked);
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(choices.map(({ text }) => text)).toEqual(expected);
    expect(usage).toEqual({ prompt_tokens: 7, completion_tokens: 80, total_tokens: 87 });

    const streamed = ['', '', '', ''];
    for await (const part of await completions.create({ ...asked, stream: true })) {
      for (const { index, text } of part.choices) streamed[index] += text;
    }
    expect(streamed).toEqual(expected);
  });

  it('gets another text for each prompt, also for the same one, where it asks for no seed', async () => {
    const { completions } = client((await served()).url);
    const { choices } = await completions.create({
      ...{ model, prompt: ['the ', 'the '], max_tokens: 60, temperature: 2 },
    });
    expect(choices[0].text).not.toBe(choices[1].text);
  });

  it('may give its prompt as ids', async () => {
    const { completions } = client((await served()).url);
    const asked = { model, max_tokens: 10, seed: 1, echo: true };
    const ids = Array.from(tokenizer.encode('the cat'));
    const expected = (await completions.create({ ...asked, prompt: 'the cat' })).choices;
    expect((await completions.create({ ...asked, prompt: ids })).choices).toEqual(expected);
    expect((await completions.create({ ...asked, prompt: [ids] })).choices).toEqual(expected);
  });

  it('gets its prompt back when it asks for an echo', async () => {
    const { completions } = client((await served()).url);
    const asked = { model, prompt: 'the ', max_tokens: 10, seed: 1 };
    const plain = await completions.create(asked);
    const echoed = await completions.create({ ...asked, echo: true });
    expect(echoed.choices[0].text).toBe(`the ${plain.choices[0].text}`);
    expect(echoed.usage).toEqual(plain.usage);
    let streamed = '';
    for await (const { choices } of await completions.create({ ...asked, echo: true, stream: true })) {
      streamed += choices[0].text;
    }
    expect(streamed).toBe(echoed.choices[0].text);
  });

  it('gets a text up to a stop string, of which no part is ever sent', async () => {
    const { completions } = client((await served()).url);
    const asked = { model, prompt: 'the ', max_tokens: 100, seed: 3 };
    const { text } = (await completions.create(asked)).choices[0];
    const stop = text.slice(40, 43);
    const expected = text.slice(0, text.indexOf(stop));
    for (const given of [stop, ['never, that is', stop]]) {
      const { choices, usage } = await completions.create({ ...asked, stop: given });
      expect(choices[0]).toMatchObject({ text: expected, finish_reason: 'stop' });
      expect(usage?.completion_tokens).toBe(expected.length + 3);
    }
    const parts: string[] = [];
    for await (const part of await completions.create({ ...asked, stop, stream: true })) {
      parts.push(part.choices[0].text);
    }
    expect(parts.join('')).toBe(expected);
  });

  it('is told which model there is', async () => {
    const { data } = await client((await served()).url).models.list();
    expect(data).toMatchObject([{ id: model, object: 'model', owned_by: 'unroll' }]);
  });

  it('gets errors with what it needs to understand them', async () => {
    const { completions } = client((await served()).url);
    const wrong = await completions
      .create({ model, prompt: 'the ', temperature: 3 })
      .catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(BadRequestError);
    expect(wrong).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'temperature',
      code: null,
    });
    expect((wrong as APIError).message).toContain('temperature: expected a number from 0 to 2, got 3');
    const other = await completions.create({ model: 'gpt', prompt: '' }).catch((error: unknown) => error);
    expect(other).toBeInstanceOf(NotFoundError);
    expect(other).toMatchObject({ code: 'model_not_found', param: 'model' });
  });
});

describe('POST /v1/completions', () => {
  it('has defaults for everything, takes null for nothing, and does not look at fields that it does not know', async () => {
    const { url } = await served();
    const first = await post(url, { user: 'me', store: [1] });
    expect(await first.json()).toMatchObject({
      choices: [{ finish_reason: 'length' }],
      usage: { prompt_tokens: 0, completion_tokens: 16, total_tokens: 16 },
    });
    const fields = ['prompt', 'max_tokens', 'temperature', 'top_p', 'n', 'stream', 'stop', 'seed', 'echo'];
    const more = ['model', 'logprobs', 'suffix', 'logit_bias', 'frequency_penalty', 'stream_options'];
    const nulls = Object.fromEntries([...fields, ...more].map((name) => [name, null]));
    expect((await post(url, nulls)).status).toBe(200);
  });

  it('ends a stream with [DONE]', async () => {
    const response = await post((await served()).url, { max_tokens: 2, stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toMatch(/^(data: \{.+\}\n\n)+data: \[DONE\]\n\n$/);
  });

  const wrong: [body: unknown, message: string, param: string | null][] = [
    ['', 'expected JSON as body: Unexpected end of JSON input', null],
    ['{"prompt": "a"', 'expected JSON as body: ', null],
    ['['.repeat(100_000), 'expected JSON as body: ', null],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'body: expected an object, got an array', null],
    ['null', 'body: expected an object, got null', null],
    [Uint8Array.of(0x22, 0xff, 0x22), 'expected a body in UTF-8, got bytes that are none', null],
    [{ prompt: 5 }, 'prompt: expected a string, an array of strings, an array of token ids, or', 'prompt'],
    [{ prompt: [] }, 'prompt: expected a string', 'prompt'],
    [{ prompt: [[]] }, 'prompt: expected a string', 'prompt'],
    [{ prompt: ['a', 1] }, 'prompt: expected a string', 'prompt'],
    [{ prompt: [0.5] }, 'prompt: expected a string', 'prompt'],
    [{ prompt: [-1] }, 'prompt: expected a string', 'prompt'],
    [{ prompt: [14] }, 'prompt: Vocabulary.token: expected an id from 0 to 13, got 14', 'prompt'],
    [{ prompt: 'Zürich' }, 'the model does not know "Z", "ü"', 'prompt'],
    [{ prompt: 'a'.repeat(16_385) }, 'prompt: expected at most 16,384 tokens, got 16,385', 'prompt'],
    [{ max_tokens: 4097 }, 'max_tokens: expected a whole number from 0 to 4096, got 4097', 'max_tokens'],
    [{ max_tokens: -1 }, 'max_tokens: expected a whole number from 0 to 4096, got -1', 'max_tokens'],
    [{ max_tokens: 1.5 }, 'max_tokens: expected a whole number from 0 to 4096, got 1.5', 'max_tokens'],
    [{ max_tokens: '5' }, 'max_tokens: expected a whole number from 0 to 4096, got "5"', 'max_tokens'],
    [{ temperature: 2.1 }, 'temperature: expected a number from 0 to 2, got 2.1', 'temperature'],
    [{ temperature: 'hot' }, 'temperature: expected a number from 0 to 2, got "hot"', 'temperature'],
    [{ top_p: 0 }, 'top_p: expected a number above 0, up to 1, got 0', 'top_p'],
    [{ top_p: 1.01 }, 'top_p: expected a number', 'top_p'],
    [{ n: 0 }, 'n: expected a whole number from 1 to 64, got 0', 'n'],
    [{ n: 65 }, 'n: expected a whole number from 1 to 64, got 65', 'n'],
    [
      { n: 33, prompt: ['a', 'c'] },
      'n: expected at most 64 texts for one request, got 2 prompts times 33',
      'n',
    ],
    [{ stop: '' }, 'stop: expected a string of 1 to 256 characters, or an array of at most 4', 'stop'],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop: expected a string of 1 to 256', 'stop'],
    [{ stop: 'x'.repeat(257) }, 'stop: expected a string of 1 to 256', 'stop'],
    [{ stop: [1] }, 'stop: expected a string of 1 to 256', 'stop'],
    [{ seed: -1 }, 'seed: expected a whole number from 0 to', 'seed'],
    [{ seed: 2 ** 60 }, 'seed: expected a whole number from 0 to', 'seed'],
    [{ stream: 'yes' }, 'stream: expected true or false, got "yes"', 'stream'],
    [{ echo: 1 }, 'echo: expected true or false, got 1', 'echo'],
    [{ model: 5 }, 'model: expected a string, got 5', 'model'],
    [{ logprobs: 3 }, 'logprobs: expected null: probabilities are not told here, got 3', 'logprobs'],
    [{ suffix: 'x' }, 'suffix: expected null: ', 'suffix'],
    [{ logit_bias: { 3: 100 } }, 'logit_bias: expected null: tokens have no bias here', 'logit_bias'],
    [{ presence_penalty: 1 }, 'presence_penalty: expected 0: there are no penalties', 'presence_penalty'],
    [{ best_of: 3 }, 'best_of: expected 1: ', 'best_of'],
    [
      { stream_options: { include_usage: 3 } },
      'stream_options.include_usage: expected true',
      'stream_options.include_usage',
    ],
  ];

  it.each(wrong.map(([body, message, param]) => [message, param, body] as const))(
    'answers with 400 and "%s", of %s',
    async (message, param, body) => {
      const response = await post((await served()).url, body);
      expect(response.status).toBe(400);
      const { error } = (await response.json()) as { error: Record<string, unknown> };
      expect(error.message).toContain(message);
      expect(error).toMatchObject({ type: 'invalid_request_error', param });
      expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
    },
  );

  it('takes nothing but JSON', async () => {
    const { url } = await served();
    const headers = { 'content-type': 'text/plain' };
    const response = await post(url, '{}', { headers });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({
      error: { message: 'expected content-type: application/json, got text/plain' },
    });
    expect(
      (await post(url, '{}', { headers: { 'content-type': 'application/json; charset=utf-8' } })).status,
    ).toBe(200);
  });

  /** Sends bytes for as long as the server takes them; resolves with its answer and how many bytes it took. */
  async function flood(url: string, head: string, chunk: Buffer): Promise<{ answer: string; sent: number }> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => {}); // the server hangs up while we send
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(
      `POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${head}\r\n\r\n`,
    );
    let sent = 0;
    const send = () => {
      while (!socket.destroyed && answer === '') {
        sent += chunk.length;
        if (!socket.write(chunk)) break;
      }
    };
    socket.on('drain', send);
    send();
    await closed;
    return { answer, sent };
  }

  const zeros = Buffer.alloc(65_536, '0');
  it.each([
    ['claims to have 10 GB', 'Content-Length: 10000000000', zeros],
    [
      'never ends',
      'Transfer-Encoding: chunked',
      Buffer.concat([Buffer.from('10000\r\n'), zeros, Buffer.from('\r\n')]),
    ],
  ])('refuses a body that %s with 413, without reading it', async (_name, head, chunk) => {
    const { url } = await served();
    const { answer, sent } = await flood(url, head, chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"message":"expected a body of at most 1.0 MiB, got more"');
    expect(sent).toBeLessThan(64 * 1024 ** 2);
    expect((await post(url, {})).status).toBe(200);
  });

  it('writes fifty texts of 200 tokens at the same time, each as if it were alone', async () => {
    const { url } = await served();
    const { completions } = client(url);
    const ask = async (seed: number): Promise<string> => {
      let text = '';
      const asked = { model, prompt: 'the ', max_tokens: 200, seed, stream: true } as const;
      for await (const { choices } of await completions.create(asked)) text += choices[0].text;
      return text;
    };
    const seeds = Array.from({ length: 50 }, (_, seed) => seed);
    const texts = await Promise.all(seeds.map(ask));
    expect(texts.map(({ length }) => length)).toEqual(seeds.map(() => 200));
    expect(new Set(texts).size).toBe(50);
    for (const seed of [0, 17, 49]) expect(await ask(seed)).toBe(texts[seed]);
    await until(url, { active: 0, queued: 0 });
  });

  it.each([true, false])('writes no more for a client that went away, streaming: %s', async (stream) => {
    const { url } = await served({ maxTokensLimit: 1e9 });
    const gone = new AbortController();
    const asked = { max_tokens: 1e9, n: 3, stream };
    const response = post(url, asked, { signal: gone.signal }).then((answer) => answer.text());
    const ended = expect(response).rejects.toThrow('aborted');
    await until(url, { active: 3 });
    gone.abort();
    await ended;
    await until(url, { active: 0, queued: 0 });
  });

  it('lets as many texts wait as there are places, forgets those who go, and refuses more', async () => {
    const { url } = await served({ maxConcurrent: 2, maxTokensLimit: 1e9 });
    const [first, second] = [new AbortController(), new AbortController()];
    const ignore = () => {};
    post(url, { max_tokens: 1e9, n: 2 }, { signal: first.signal }).catch(ignore);
    await until(url, { active: 2 });
    post(url, { max_tokens: 1, n: 2 }, { signal: second.signal }).catch(ignore);
    await until(url, { queued: 2 });

    const refused = await post(url, { max_tokens: 1 });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    const error = await client(url)
      .completions.create({ model, prompt: '' })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status: 503, code: 'overloaded', type: 'server_error' });
    expect((error as APIError).message).toContain(
      '2 texts are being written, and 2 wait; try again in a moment',
    );

    second.abort();
    await until(url, { active: 2, queued: 0 });
    const third = post(url, { max_tokens: 1 });
    await until(url, { queued: 1 });
    first.abort();
    expect((await third).status).toBe(200);
    expect(await health(url)).toEqual({ status: 'ok', active: 0, queued: 0 });
  });
});

describe('the server', () => {
  it.each([
    ['GET', '/nowhere', 404, 'there is no /nowhere'],
    ['POST', '/v1/chat/completions', 404, 'there is no /v1/chat/completions'],
    ['GET', '/v1/completions', 405, '/v1/completions: expected POST, got GET'],
    ['DELETE', '/v1/models', 405, '/v1/models: expected GET, got DELETE'],
    ['POST', '/healthz', 405, '/healthz: expected GET, got POST'],
    ['PUT', '/', 405, '/: expected GET, got PUT'],
  ])('answers %s %s with %i', async (method, path, status, message) => {
    const response = await fetch((await served()).url + path, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: { message, type: 'invalid_request_error', param: null, code: null },
    });
  });

  it('says with 405 what is allowed', async () => {
    const response = await fetch(`${(await served()).url}/v1/completions`);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('has a page that asks nobody else for anything', async () => {
    const response = await fetch(`${(await served()).url}/`);
    const page = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page).not.toMatch(/https?:|src=|@import|url\(/);
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*connect-src 'self'/);
  });

  /** fetch does not let others than browsers say where they come from. */
  const get = (url: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<{ status?: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
      (resolve, reject) => {
        const request = httpRequest(`${url}/v1/models`, { headers, method }, (response) => {
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
        });
        request.on('error', reject).end();
      },
    );

  it('on loopback, is there only for those who came by a name of this machine', async () => {
    const { url } = await served();
    const { port } = new URL(url);
    for (const host of ['127.0.0.1', `127.0.0.1:${port}`, 'localhost', `LOCALHOST:${port}`, '[::1]:80']) {
      expect((await get(url, { host })).status, host).toBe(200);
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1']) {
      const { status, body } = await get(url, { host });
      expect(status, host).toBe(403);
      expect(JSON.parse(body).error.message).toContain(`got ${host}`);
    }
    expect((await get(url, { host: 'a b' })).status).toBe(400);
  });

  it('elsewhere, is there by any name', async () => {
    const { url } = await served({ host: '0.0.0.0' });
    const { port } = new URL(url);
    expect((await get(`http://127.0.0.1:${port}`, { host: 'my.machine.example' })).status).toBe(200);
  });

  it('lets no page from elsewhere in, unless from the origin that is allowed', async () => {
    const { url } = await served({ cors: 'https://good.example' });
    expect((await get(url, { origin: url })).status).toBe(200);
    const good = await get(url, { origin: 'https://good.example' });
    expect(good.status).toBe(200);
    expect(good.headers['access-control-allow-origin']).toBe('https://good.example');
    const preflight = await get(
      url,
      { origin: 'https://good.example', 'access-control-request-headers': 'content-type' },
      'OPTIONS',
    );
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toBe('content-type');
    for (const origin of [
      'https://evil.example',
      'null',
      'https://good.example.evil.example',
      'http://good.example',
    ]) {
      for (const method of ['GET', 'OPTIONS']) {
        const { status, headers } = await get(url, { origin }, method);
        expect(status, origin).toBe(403);
        expect(headers['access-control-allow-origin']).toBeUndefined();
      }
    }
    const strict = await served();
    expect((await get(strict.url, { origin: 'https://good.example' })).status).toBe(403);
  });

  it('keeps a connection for as long as an answer takes, and none that nobody uses', async () => {
    const { url } = await served({ longestStall: 20 }); // in which nobody writes so many tokens
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const got = text(socket);
    const body = JSON.stringify({ max_tokens: 4000, seed: 1 });
    socket.write(
      `POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    // It ends, since the server closes it when it has answered and nothing more is asked.
    expect(await got).toContain('"completion_tokens":4000');
  });

  it('when it is stopped, finishes what it has begun and takes nothing more', async () => {
    const { url, stop } = await served();
    const running = post(url, { max_tokens: 4000, seed: 1 });
    await until(url, { active: 1 });
    const stopped = stop(60_000);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    const response = await running;
    expect(await response.json()).toMatchObject({ usage: { completion_tokens: 4000 } });
    await stopped;
  });

  it('when it is stopped, cuts off what takes too long', async () => {
    const { url, stop } = await served({ maxTokensLimit: 1e9 });
    const running = post(url, { max_tokens: 1e9 }).then((response) => response.status);
    const ended = running.catch(() => 'cut off');
    await until(url, { active: 1 });
    await stop(10);
    expect([503, 'cut off']).toContain(await ended);
  });
});

describe('unroll serve', () => {
  async function trained(): Promise<string> {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'text.txt'), smallText);
    await unroll(smallTraining(join(folder, 'text.txt'), join(folder, 'cats')));
    return join(folder, 'cats');
  }

  /** What it prints at first. */
  const told = (child: ReturnType<typeof start>['child']): Promise<string> =>
    new Promise((resolve) => child.stderr.once('data', (chunk) => resolve(String(chunk))));

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'serves the model by the name of its folder until %s, and ends with %i',
    async (signal, code) => {
      const { child, ended } = start(['serve', await trained(), '--port', '0']);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(await told(child))?.[0] ?? '';
      const { data } = await client(url).models.list();
      expect(data[0].id).toBe('cats');
      const { choices } = await client(url).completions.create({
        model: 'cats',
        prompt: 'the ',
        max_tokens: 5,
      });
      expect(choices[0].text).toHaveLength(5);
      child.kill(signal);
      const outcome = await ended;
      expect(outcome.code).toBe(code);
      expect(outcome.stdout).toBe('');
      expect(outcome.stderr).not.toContain('warning');
    },
  );

  it('refuses a port that is taken, an address that is not here and an origin that is none with 2', async () => {
    const folder = await trained();
    const { port } = new URL((await served()).url);
    const taken = await unroll(['serve', folder, '--port', port]);
    expect(taken.stderr).toContain(`--port ${port}: something else listens there already`);
    expect(taken.code).toBe(2);
    const large = await unroll(['serve', folder, '--port', '65536']);
    expect(large.stderr).toContain('--port 65536: expected a whole number up to 65535');
    expect(large.code).toBe(2);
    const elsewhere = await unroll(['serve', folder, '--port', '0', '--host', '192.0.2.1']);
    expect(elsewhere.stderr).toContain('--host 192.0.2.1: this machine has no such address');
    expect(elsewhere.code).toBe(2);
    const origin = await unroll(['serve', folder, '--port', '0', '--cors', '*']);
    expect(origin.stderr).toContain('--cors: expected an origin such as https://example.org, got *');
    expect(origin.code).toBe(2);
  });

  it('warns when others than this machine can reach it', async () => {
    const { child, ended } = start(['serve', await trained(), '--port', '0', '--host', '0.0.0.0']);
    await told(child);
    child.kill('SIGTERM');
    expect((await ended).stderr).toContain('warning: others than this machine may reach 0.0.0.0');
  });
});
