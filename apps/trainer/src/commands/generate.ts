import { type BackendOptions, chooseBackend } from '@unroll/backend';
import { loadModel } from '@unroll/model-folder/node';
import { Random } from '@unroll/tensor';
import type { Tokenizer } from '@unroll/text';
import pc from 'picocolors';
import { ExitCode } from '../exit-code.ts';
import { count, duration, figure, visible } from '../format.ts';
import { encodePrompt } from '../generation/encode-prompt.ts';
import { Engine } from '../generation/engine.ts';
import { readPrompt } from '../generation/read-prompt.ts';
import { skipIds } from '../generation/skip-ids.ts';
import { startIds } from '../generation/start-ids.ts';
import { type Piece, writeText } from '../generation/write-text.ts';
import { huggingFace } from '../hugging-face.ts';
import { listenToSignals, type Signals } from '../signals.ts';

export interface GenerateOptions extends BackendOptions {
  prompt?: string;
  tokens: number;
  /** How many texts. */
  n: number;
  temperature: number;
  topK?: number;
  topP?: number;
  stop?: readonly string[];
  skip?: readonly string[];
  /** Of the first text; each further one has the next. */
  seed: number;
  json?: boolean;
  quiet?: boolean;
}

/** A text that is about to be written. */
interface Sample {
  readonly seed: number;
  readonly prompt: string;
  readonly promptTokens: number;
  readonly pieces: AsyncIterable<Piece>;
}

/** Writes texts to standard output: each with its prompt and token by token, or with --json each as an object on a line. */
export async function generateText(
  folder: string,
  words: readonly string[],
  options: GenerateOptions,
): Promise<number> {
  const { backend } = await chooseBackend(options);
  const { model, tokenizer } = await loadModel(folder, { backend, huggingFace });
  const skipped = skipIds(tokenizer, options.skip);
  const prompt = await readPrompt(options.prompt, words);
  const given = encodePrompt(tokenizer, prompt);

  const signals = listenToSignals();
  const engine = new Engine(model, { rows: 1 });
  const start = performance.now();
  let tokens = 0;
  for (let i = 0; i < options.n && !signals.aborted; i++) {
    const seed = options.seed + i;
    const pieces = write(engine, tokenizer, given, skipped, seed, options, signals);
    const sample = { seed, prompt, promptTokens: given.length, pieces };
    tokens += await (options.json ? printObject(sample) : printText(sample, i, options.n));
  }
  signals.release();
  if (!options.quiet) console.error(pc.dim(describeSpeed(tokens, (performance.now() - start) / 1000)));
  return signals.ending ? ExitCode.ofSignal[signals.ending] : ExitCode.ok;
}

function write(
  engine: Engine,
  tokenizer: Tokenizer,
  given: Int32Array,
  skipped: readonly number[],
  seed: number,
  { tokens, temperature, topK, topP, stop }: GenerateOptions,
  signal: Signals,
): AsyncIterable<Piece> {
  const ids = engine.write({
    prompt: given.length > 0 ? given : startIds(tokenizer),
    sampleSize: tokens,
    skipIds: skipped,
    random: new Random(seed),
    ...{ temperature, topK, topP, signal },
  });
  return writeText(ids, { stream: tokenizer.stream(given.at(-1)), stop, signal });
}

/** Returns how many tokens were drawn. */
async function printText({ seed, prompt, pieces }: Sample, index: number, n: number): Promise<number> {
  // A terminal obeys control characters, and a model may have learned any.
  const print = (text: string) => process.stdout.write(process.stdout.isTTY ? visible(text) : text);
  if (n > 1) print(`${index > 0 ? '\n' : ''}--- ${index + 1} of ${n}, seed ${seed} ---\n`);
  print(prompt);
  let tokens = 0;
  let held = ''; // of a Windows line end, which may come in two pieces
  for await (const piece of pieces) {
    const text = held + piece.text;
    held = text.endsWith('\r') ? '\r' : '';
    print(held ? text.slice(0, -1) : text);
    tokens = piece.tokens;
  }
  print(`${held}\n`);
  return tokens;
}

async function printObject({ seed, prompt, promptTokens, pieces }: Sample): Promise<number> {
  const start = performance.now();
  let text = '';
  let last: Piece | undefined;
  for await (const piece of pieces) {
    text += piece.text;
    last = piece;
  }
  const tokens = last?.tokens ?? 0;
  const seconds = (performance.now() - start) / 1000;
  console.log(
    JSON.stringify({
      ...{ prompt, text, promptTokens, tokens, seed },
      finishReason: last?.finishReason,
      tokensPerSecond: tokens / seconds,
    }),
  );
  return tokens;
}

function describeSpeed(tokens: number, seconds: number): string {
  return `${count(tokens)} ${tokens === 1 ? 'token' : 'tokens'} in ${duration(seconds)}, ${figure(tokens / seconds)} tokens/s`;
}
