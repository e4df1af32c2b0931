import { type BackendOptions, chooseBackend } from '@unroll/backend';
import { generate } from '@unroll/rnnlm';
import { Random } from '@unroll/tensor';
import { breathe } from '../breathe.ts';
import { DataError, ExitCode } from '../exit-code.ts';
import { loadModel } from '../model-folder.ts';
import { listenToSignals } from '../signals.ts';
import { startIds } from '../start-ids.ts';
import { TextStream } from '../text-stream.ts';

export interface GenerateOptions extends BackendOptions {
  prompt?: string;
  tokens: number;
  temperature: number;
  topK?: number;
  topP?: number;
  skip?: string[];
  seed: number;
}

/** Writes the prompt and what follows to standard output, token by token. */
export async function generateText(folder: string, options: GenerateOptions): Promise<number> {
  const { backend } = await chooseBackend(options);
  const { model, tokenizer } = await loadModel(folder, backend);
  const { vocabulary } = tokenizer;
  const given = options.prompt ? Array.from(tokenizer.encode(options.prompt)) : [];
  const byDefault = vocabulary.size > 1 ? ['<unk>'] : [];
  const skipIds = (options.skip ?? byDefault).flatMap((token) => {
    const id = vocabulary.id(token);
    if (id === undefined && options.skip) {
      throw new DataError(
        `--skip ${token}: expected a token of the vocabulary; ${folder}/vocab.json lists them`,
      );
    }
    return id === undefined ? [] : [id];
  });

  const signals = listenToSignals();
  const stream = new TextStream(tokenizer, given.at(-1));
  const tokens = generate(model, {
    prompt: given.length > 0 ? given : startIds(tokenizer),
    sampleSize: options.tokens,
    temperature: options.temperature,
    topK: options.topK,
    topP: options.topP,
    skipIds,
    random: new Random(options.seed),
    signal: signals,
  });
  process.stdout.write(options.prompt ?? '');
  for await (const id of tokens) {
    process.stdout.write(stream.next(id));
    await breathe();
  }
  process.stdout.write('\n');
  signals.release();
  return signals.ending ? ExitCode.ofSignal[signals.ending] : ExitCode.ok;
}
