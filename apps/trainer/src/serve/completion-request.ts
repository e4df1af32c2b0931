import { z } from 'zod';
import { ApiError } from './api-error.ts';

/** The fields of a request that count; the rest is not looked at. */
export interface CompletionRequest {
  readonly model?: string;
  /** Each a text, or ids. */
  readonly prompts: readonly (string | readonly number[])[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number | undefined;
  /** Texts for each prompt. */
  readonly n: number;
  readonly stop: readonly string[];
  readonly seed?: number;
  readonly echo: boolean;
  readonly stream: boolean;
  /** Does a stream end with the usage? */
  readonly includeUsage: boolean;
}

/** A stop string is looked for at every token. */
const LONGEST_STOP = 256;
/** Of further texts, the seeds that follow are used: all stay whole numbers without a gap between them. */
const GREATEST_SEED = 2 ** 52;

/** In OpenAI's API, null is as good as nothing. */
function field<Type extends z.ZodType, Value extends z.infer<Type>>(type: Type, value: Value) {
  return type.nullish().transform((given) => given ?? value);
}

const number = (least: number, most: number) => {
  const error = `a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
};
const whole = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const flag = z.boolean({ error: 'true or false' });
const text = z.string({ error: 'a string' });

type GivenPrompt = string | string[] | number[] | number[][];
const prompt = z.custom<GivenPrompt>(isPrompt, {
  error: 'a string, an array of strings, an array of token ids, or an array of such arrays',
});
const stop = z.custom<string | string[]>(isStop, {
  error: `a string of 1 to ${LONGEST_STOP} characters, or an array of at most 4 such strings`,
});

function isPrompt(value: unknown): boolean {
  if (isString(value) || isIds(value)) return true;
  return Array.isArray(value) && value.length > 0 && (value.every(isString) || value.every(isIds));
}

function isStop(value: unknown): boolean {
  return Array.isArray(value) ? value.length <= 4 && value.every(isStopString) : isStopString(value);
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isStopString = (value: unknown): boolean =>
  isString(value) && value.length > 0 && value.length <= LONGEST_STOP;
const isIds = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((id) => Number.isSafeInteger(id) && id >= 0);

const aboveZero = 'a number above 0, up to 1';

/** Fields of OpenAI's API that would change the answer, and that there is nothing for here: all but what changes nothing is refused. */
const unsupported = {
  logprobs: nothing([], 'null: probabilities are not told here'),
  suffix: nothing([''], 'null: texts are only written on from their end here'),
  logit_bias: z.strictObject({}, { error: 'null: tokens have no bias here' }).nullish(),
  frequency_penalty: nothing([0], '0: there are no penalties here'),
  presence_penalty: nothing([0], '0: there are no penalties here'),
  best_of: nothing([1], '1: all texts are given here, none is chosen'),
};

function nothing(allowed: readonly unknown[], error: string) {
  return z
    .unknown()
    .refine((value) => value == null || allowed.includes(value), { error })
    .optional();
}

function schemaFor(mostTokens: number, mostTexts: number) {
  return z.object(
    {
      ...unsupported,
      model: text.nullish(),
      prompt: field(prompt, ''),
      max_tokens: field(whole(0, mostTokens), Math.min(16, mostTokens)),
      temperature: field(number(0, 2), 1),
      top_p: field(
        number(0, 1).refine((value) => value > 0, { error: aboveZero }),
        1,
      ),
      // Not in OpenAI's API, but in many that follow it.
      top_k: whole(1, Number.MAX_SAFE_INTEGER).nullish(),
      n: field(whole(1, mostTexts), 1),
      stop: field(stop, []),
      seed: whole(0, GREATEST_SEED).nullish(),
      echo: field(flag, false),
      stream: field(flag, false),
      stream_options: z.object({ include_usage: flag.nullish() }, { error: 'an object' }).nullish(),
    },
    { error: 'an object' },
  );
}

export interface RequestLimits {
  readonly mostTokens: number;
  /** For all prompts together. */
  readonly mostTexts: number;
}

/** Makes a function that takes the JSON of a request apart, and throws an ApiError that names the first field that is wrong. */
export function requestParser({
  mostTokens,
  mostTexts,
}: RequestLimits): (body: unknown) => CompletionRequest {
  const schema = schemaFor(mostTokens, mostTexts);
  return (body) => {
    const { data, error } = schema.safeParse(body);
    if (error) throw wrongField(body, error.issues[0]);
    const prompts = promptsOf(data.prompt);
    if (prompts.length * data.n > mostTexts) {
      throw new ApiError(
        400,
        `n: expected at most ${mostTexts} texts for one request, got ${prompts.length} prompts times ${data.n}`,
        { param: 'n' },
      );
    }
    return {
      ...{ prompts, n: data.n, echo: data.echo, stream: data.stream, temperature: data.temperature },
      model: data.model ?? undefined,
      maxTokens: data.max_tokens,
      topP: data.top_p,
      topK: data.top_k ?? undefined,
      stop: [data.stop].flat(),
      seed: data.seed ?? undefined,
      includeUsage: data.stream_options?.include_usage ?? false,
    };
  };
}

function promptsOf(given: GivenPrompt): (string | number[])[] {
  if (typeof given === 'string') return [given];
  return given.every((part) => typeof part === 'number') ? [given] : given;
}

function wrongField(body: unknown, { path, message }: z.core.$ZodIssue): ApiError {
  const param = path.join('.');
  const value = path.reduce<unknown>(
    (inner, name) => (inner as Readonly<Record<PropertyKey, unknown>>)[name],
    body,
  );
  return new ApiError(400, `${param || 'body'}: expected ${message}, got ${shown(value)}`, {
    param: param || undefined,
  });
}

/** A value of unknown size and depth, in a few words. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
