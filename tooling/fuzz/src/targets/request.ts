import { ApiError } from '@unroll/trainer/src/serve/api-error.ts';
import { requestParser } from '@unroll/trainer/src/serve/completion-request.ts';
import { readJson } from '@unroll/trainer/src/serve/read-json.ts';
import { expectThat } from '../expect-that.ts';
import { mutatedDocument } from '../mutated-document.ts';
import type { Target } from '../target.ts';

const seeds = [
  {
    model: 'mine',
    prompt: 'Once upon',
    max_tokens: 20,
    temperature: 0.5,
    top_p: 0.9,
    n: 2,
    stop: ['.', '\n'],
    seed: 3,
  },
  {
    prompt: [[1, 2], [3]],
    stream: true,
    stream_options: { include_usage: true },
    echo: false,
    logprobs: null,
  },
  { prompt: ['a', 'b'], stop: 'x', user: 'me', best_of: 1, frequency_penalty: 0, logit_bias: {} },
  {},
];
const limits = { mostTokens: 4096, mostTexts: 8 };
const parse = requestParser(limits);

/** The body of a request to the server, from its bytes on. */
export const request: Target = {
  name: 'request',
  refusals: 'ApiError from 400 to 499',
  make: (random) => mutatedDocument(seeds, random),
  async run(input) {
    const body = await readJson(
      new Request('http://127.0.0.1/v1/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: input as Uint8Array<ArrayBuffer>,
      }),
    );
    const { prompts, n, maxTokens, temperature, topP, stop } = parse(body);
    expectThat(
      prompts.length * n >= 1 && prompts.length * n <= limits.mostTexts,
      'as many texts as are allowed',
    );
    expectThat(
      Number.isInteger(maxTokens) && maxTokens <= limits.mostTokens,
      'as many tokens as are allowed',
    );
    expectThat(temperature >= 0 && temperature <= 2 && topP > 0 && topP <= 1, 'a temperature and a top_p');
    expectThat(
      stop.every((each) => typeof each === 'string' && each !== ''),
      'stop strings',
    );
  },
  isRefusal: (error) => error instanceof ApiError && error.status >= 400 && error.status < 500,
};
