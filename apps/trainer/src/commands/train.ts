import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BackendOptions } from '@unroll/backend';
import { assignParams } from '@unroll/checkpoint';
import { readModelFolder, readSafetensorsFile } from '@unroll/checkpoint/node';
import type { LanguageModel } from '@unroll/rnnlm';
import type { Tokenizer } from '@unroll/text';
import pc from 'picocolors';
import { DataError } from '../exit-code.ts';
import { count, plain } from '../format.ts';
import { saveModel } from '../model-folder.ts';
import type { OptimizerName, ScheduleName } from '../optimizers.ts';
import { Progress } from '../progress.ts';
import { describeProtocol, protocolFor } from '../protocol.ts';
import { RunFolder } from '../run-folder.ts';
import { type Attendance, makeSession, runSession, type TrainingSession } from '../training-session.ts';

/** What a run is made of: with the same, it comes out the same. */
export interface RunOptions extends BackendOptions {
  data: string;
  model: string;
  tokenizer: 'word' | 'char';
  wordvecSize: number;
  hiddenSize: number;
  batchSize: number;
  timeSize: number;
  epochs: number;
  maxSteps?: number;
  optimizer: OptimizerName;
  lr?: number;
  maxGrad: number;
  schedule: ScheduleName;
  warmup: number;
  seed: number;
  evalInterval?: number;
  logEvery: number;
  sampleSize?: number;
  /** A checkpoint every so many steps; by default every two minutes. */
  saveInterval?: number;
  /** How many checkpoints stay. */
  keep: number;
}

export interface TrainOptions extends RunOptions, Attendance {
  out: string;
  weights?: string;
  force?: boolean;
}

/** Trains a model and leaves it, with checkpoints and the record of the run, in the folder `out`. */
export async function trainModel(options: TrainOptions): Promise<number> {
  // Everything that can be refused is refused before anything is written.
  const folder = await RunFolder.check(options.out, options.data, options.force ?? false);
  const session = await makeSession(options);
  const { model, tokenizer, steps, batches } = session;
  if (options.weights) await startFrom(options.weights, model, tokenizer);
  const progress = new Progress(process.stderr, steps, batches.batchSize * batches.timeSize);
  printBanner('unroll train', session, folder.path, progress);
  try {
    // From wherever it is resumed, the text is where it is now.
    const stored = { ...session.options, data: resolve(options.data) };
    await folder.begin({ options: stored, dataSha256: session.dataSha256 });
    await saveModel(folder.path, model, tokenizer);
    return await runSession(session, folder, progress, options);
  } finally {
    folder.close();
  }
}

/** What is about to be done, and with what. */
export function printBanner(title: string, session: TrainingSession, path: string, progress: Progress): void {
  const { options, corpus, tokenizer, batches, steps, optimizer, model, description } = session;
  const { batchSize, timeSize, wordvecSize, hiddenSize } = options;
  const evaluation = protocolFor(corpus.valid);
  const V = tokenizer.vocabulary.size;
  const size = model.params.reduce((sum, { value }) => sum + value.size, 0);
  progress.line(pc.bold(title));
  progress.line(`data        ${options.data}, ${corpus.description}`);
  progress.line(`vocabulary  ${count(V)} ${tokenizer.kind === 'word' ? 'words' : 'characters'}`);
  progress.line(`model       ${options.model}, D ${wordvecSize}, H ${hiddenSize}: ${count(size)} parameters`);
  progress.line(
    `to beat     loss ln V = ${Math.log(V).toFixed(3)}, perplexity V = ${count(V)}: what guessing blindly gets`,
  );
  progress.line(
    `training    ${count(steps)} steps of ${batchSize} x ${timeSize} tokens, ${count(batches.stepsPerEpoch)} an epoch; ` +
      `${options.optimizer}, lr ${plain(optimizer.lr)} ${options.schedule}, ` +
      `${options.maxGrad > 0 ? `gradients clipped at ${plain(options.maxGrad)}` : 'gradients not clipped'}`,
  );
  progress.line(
    `validation  ${evaluation ? describeProtocol(evaluation) : 'none: the text is too short to hold some back'}`,
  );
  progress.line(`backend     ${description}; seed ${options.seed}`);
  progress.line(`results in  ${path}\n`);
}

/** From a model folder only if it has the same tokens: else each row of the weights would stand for another token. */
async function startFrom(path: string, model: LanguageModel, tokenizer: Tokenizer): Promise<void> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    assignParams(model.params, (await readSafetensorsFile(path)).tensors, path);
    return;
  }
  const { vocab, tensors } = await readModelFolder(path);
  assignParams(model.params, tensors, join(path, 'model.safetensors'));
  const { tokens } = tokenizer.vocabulary;
  const id = tokens.findIndex((token, i) => token !== vocab[i]);
  if (id >= 0) {
    throw new DataError(
      `${path}: expected the vocabulary of the text, but id ${id} is ${JSON.stringify(vocab[id])} there and ${JSON.stringify(tokens[id])} in the text; train on text with the same vocabulary, or give the model.safetensors itself to take the numbers as they are`,
    );
  }
}
