import { bytes } from '../format.ts';
import { ApiError } from './api-error.ts';

/** So large a request's body may be. */
const MOST_BODY_BYTES = 1024 ** 2;

/**
 * The JSON of a request's body, of which no more is read than it may have.
 * @throws ApiError 415 if it is said to be something else, 413 if it is too large, 400 if it is none
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError(415, `expected content-type: application/json, got ${type || 'none'}`);
  }
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, `expected JSON as body: ${error instanceof Error ? error.message : error}`);
  }
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length')) > MOST_BODY_BYTES) throw tooLarge();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = request.body?.getReader();
  let [text, size] = ['', 0];
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      size += part.value.length;
      if (size > MOST_BODY_BYTES) throw tooLarge();
      text += decoder.decode(part.value, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof TypeError)
      throw new ApiError(400, 'expected a body in UTF-8, got bytes that are none');
    throw error;
  }
}

/** What is left of the body is not waited for, and so the connection cannot serve for another request. */
function tooLarge(): ApiError {
  return new ApiError(413, `expected a body of at most ${bytes(MOST_BODY_BYTES)}, got more`, {
    headers: { connection: 'close' },
  });
}
