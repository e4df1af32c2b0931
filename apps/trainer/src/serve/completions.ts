import { randomInt, randomUUID } from 'node:crypto';
import { Random } from '@unroll/tensor';
import { TextError, type Tokenizer } from '@unroll/text';
import { DataError } from '../exit-code.ts';
import { count } from '../format.ts';
import { encodePrompt } from '../generation/encode-prompt.ts';
import type { Engine } from '../generation/engine.ts';
import { skipIds } from '../generation/skip-ids.ts';
import { startIds } from '../generation/start-ids.ts';
import { type FinishReason, type Piece, writeText } from '../generation/write-text.ts';
import { ApiError } from './api-error.ts';
import type { CompletionRequest } from './completion-request.ts';

/** A prompt has at most so many tokens. */
const MOST_PROMPT_TOKENS = 16_384;
/** A single word may be as long as a request, and be answered many times over. */
const MOST_PROMPT_LENGTH = 131_072;

interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

interface Choice {
  readonly text: string;
  readonly index: number;
  readonly logprobs: null;
  readonly finish_reason: FinishReason | null;
}

/** As OpenAI's API gives it, whole or as one part of a stream. */
export interface Completion {
  readonly id: string;
  readonly object: 'text_completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly usage?: Usage | null;
}

interface Prompt {
  readonly text: string;
  readonly ids: readonly number[];
}

/** What a request is answered from. */
export interface ServedModel {
  /** As requests name it. */
  readonly name: string;
  readonly engine: Engine;
  readonly tokenizer: Tokenizer;
}

/** A request that is being answered. Its texts are written at the same time; each has a place in `choices`, by prompt and then by number. */
export class CompletionJob {
  readonly #request: CompletionRequest;
  readonly #model: ServedModel;
  readonly #prompts: readonly Prompt[];
  readonly #seed: number;
  readonly #head: Pick<Completion, 'id' | 'object' | 'created' | 'model'>;

  /** @throws ApiError if a prompt is too long, or has tokens that the model does not know */
  constructor(request: CompletionRequest, model: ServedModel) {
    this.#request = request;
    this.#model = model;
    this.#prompts = request.prompts.map((prompt) => promptOf(prompt, model.tokenizer));
    this.#seed = request.seed ?? randomInt(2 ** 47);
    this.#head = {
      id: `cmpl-${randomUUID()}`,
      object: 'text_completion',
      created: Math.floor(Date.now() / 1000),
      model: model.name,
    };
  }

  /** How many texts are written. */
  get texts(): number {
    return this.#prompts.length * this.#request.n;
  }

  /** @throws ApiError if the signal ended it */
  async whole(signal: AbortSignal): Promise<Completion> {
    const texts = Array.from({ length: this.texts }, () => '');
    const last: Piece[] = [];
    await this.#write(signal, (index, piece) => {
      texts[index] += piece.text;
      last[index] = piece;
    });
    const choices = texts.map((text, index) => choice(index, text, last[index].finishReason));
    return { ...this.#head, choices, usage: this.#usage(last) };
  }

  /**
   * Tells of each part as it comes.
   * @throws ApiError if the signal ended it
   */
  async parts(signal: AbortSignal, tell: (part: Completion) => Promise<void>): Promise<void> {
    const last: Piece[] = [];
    const usage = this.#request.includeUsage ? { usage: null } : {};
    await this.#write(signal, async (index, piece) => {
      last[index] = piece;
      if (piece.text === '' && !piece.finishReason) return;
      await tell({ ...this.#head, choices: [choice(index, piece.text, piece.finishReason)], ...usage });
    });
    if (this.#request.includeUsage) await tell({ ...this.#head, choices: [], usage: this.#usage(last) });
  }

  async #write(
    signal: AbortSignal,
    take: (index: number, piece: Piece) => Promise<void> | void,
  ): Promise<void> {
    // When one text fails, nobody waits for the others.
    const others = new AbortController();
    const either = AbortSignal.any([signal, others.signal]);
    await Promise.all(
      Array.from({ length: this.texts }, async (_, index) => {
        const prompt = this.#prompts[Math.floor(index / this.#request.n)];
        if (this.#request.echo) await take(index, { text: prompt.text, tokens: 0 });
        for await (const piece of this.#pieces(prompt, index, either)) {
          if (piece.finishReason === 'cancelled') throw new ApiError(503, 'the server is being stopped');
          await take(index, piece);
        }
      }),
    ).catch((error) => {
      others.abort();
      throw error;
    });
  }

  #pieces({ ids }: Prompt, index: number, signal: AbortSignal): AsyncIterable<Piece> {
    const { engine, tokenizer } = this.#model;
    const { maxTokens, temperature, topP, topK, stop, n, seed } = this.#request;
    // With a seed, a prompt is answered as it would be alone; without, two that are the same are answered each in its own way.
    const number = seed === undefined ? index : index % n;
    const written = engine.write({
      prompt: ids.length > 0 ? ids : startIds(tokenizer),
      sampleSize: maxTokens,
      skipIds: skipIds(tokenizer),
      random: new Random(this.#seed + number),
      ...{ temperature, topP, topK, signal },
    });
    return writeText(written, { stream: tokenizer.stream(ids.at(-1)), stop, signal });
  }

  #usage(last: readonly Piece[]): Usage {
    const prompt = this.#prompts.reduce((sum, { ids }) => sum + ids.length, 0);
    const completion = last.reduce((sum, { tokens }) => sum + tokens, 0);
    return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  }
}

function choice(index: number, text: string, reason: FinishReason | undefined): Choice {
  return { text, index, logprobs: null, finish_reason: reason ?? null };
}

function promptOf(given: string | readonly number[], tokenizer: Tokenizer): Prompt {
  if (typeof given === 'string' && given.length > MOST_PROMPT_LENGTH) {
    throw new ApiError(
      400,
      `prompt: expected at most ${count(MOST_PROMPT_LENGTH)} characters, got ${count(given.length)}`,
      { param: 'prompt', code: 'context_length_exceeded' },
    );
  }
  const expectFits = ({ length }: readonly number[]): void => {
    if (length <= MOST_PROMPT_TOKENS) return;
    throw new ApiError(
      400,
      `prompt: expected at most ${count(MOST_PROMPT_TOKENS)} tokens, got ${count(length)}`,
      { param: 'prompt', code: 'context_length_exceeded' },
    );
  };
  try {
    if (typeof given !== 'string') {
      expectFits(given);
      return { text: tokenizer.decode(given), ids: given };
    }
    const ids = Array.from(encodePrompt(tokenizer, given));
    expectFits(ids);
    return { text: given, ids };
  } catch (error) {
    if (!TextError.isInstance(error) && !(error instanceof DataError)) throw error;
    throw new ApiError(400, `prompt: ${error.message}`, { param: 'prompt' });
  }
}
