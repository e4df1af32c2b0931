import type { ContentfulStatusCode } from 'hono/utils/http-status';

interface ApiErrorDetails {
  /** The field of the request that is wrong. */
  readonly param?: string;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a client is told in the shape of OpenAI's API: `{ error: { message, type, param, code } }`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: ContentfulStatusCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly #param: string | null;
  readonly #code: string | null;

  constructor(status: ContentfulStatusCode, message: string, details: ApiErrorDetails = {}) {
    super(message);
    this.status = status;
    this.headers = details.headers ?? {};
    this.#param = details.param ?? null;
    this.#code = details.code ?? null;
  }

  toJSON(): object {
    return {
      error: {
        message: this.message,
        type: this.status < 500 ? 'invalid_request_error' : 'server_error',
        param: this.#param,
        code: this.#code,
      },
    };
  }
}
