import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackendOptions, chooseBackend } from '@unroll/backend';
import { assignParams } from '@unroll/checkpoint';
import { readModelFolder, readSafetensorsFile } from '@unroll/checkpoint/node';
import { createModel, generate, type LanguageModel } from '@unroll/rnnlm';
import { type Backend, Random } from '@unroll/tensor';
import { BpttBatches, type Tokenizer } from '@unroll/text';
import { type Corpus, loadCorpus } from '@unroll/text/node';
import { DivergedError, evaluate, train } from '@unroll/training';
import pc from 'picocolors';
import { breathe } from '../breathe.ts';
import { DataError, ExitCode } from '../exit-code.ts';
import { count, duration, figure, plain, quoted } from '../format.ts';
import { loadModel, saveModel } from '../model-folder.ts';
import { onInterrupt } from '../on-interrupt.ts';
import { makeOptimizer, makeSchedule, type OptimizerName, type ScheduleName } from '../optimizers.ts';
import { Progress } from '../progress.ts';
import { describeProtocol, protocolFor } from '../protocol.ts';
import { RunFolder } from '../run-folder.ts';
import { startIds } from '../start-ids.ts';

export interface TrainOptions extends BackendOptions {
  data: string;
  out: string;
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
  weights?: string;
  evalInterval?: number;
  logEvery: number;
  sampleSize?: number;
  force?: boolean;
  /** How to call the command, for what people may type next. */
  command: string;
}

/** Trains a model and leaves it, with the record of the run, in the folder `out`. */
export async function trainModel(options: TrainOptions): Promise<number> {
  // Everything that can be refused is refused before anything is written.
  const folder = await RunFolder.check(options.out, options.data, options.force ?? false);
  const corpus = await loadCorpus(options.data, { tokenizer: options.tokenizer });
  const { batchSize, timeSize, wordvecSize, hiddenSize } = options;
  expectLongEnough(options, corpus);
  const batches = new BpttBatches(corpus.train, { batchSize, timeSize });
  const steps = Math.min(
    options.epochs * batches.stepsPerEpoch,
    options.maxSteps ?? Number.POSITIVE_INFINITY,
  );
  const optimizer = makeOptimizer(options.optimizer, options.lr);
  const schedule = makeSchedule(options.schedule, optimizer.lr, steps, options.warmup);
  const { backend, description } = await chooseBackend(options);
  const { tokenizer } = corpus;
  const model = createModel(
    { model: options.model, vocabSize: tokenizer.vocabulary.size, wordvecSize, hiddenSize },
    { backend, seed: options.seed },
  );
  if (options.weights) await startFrom(options.weights, model, tokenizer);

  const progress = new Progress(process.stderr, steps, batchSize * timeSize);
  const evaluation = protocolFor(corpus.valid);
  const V = tokenizer.vocabulary.size;
  const size = model.params.reduce((sum, { value }) => sum + value.size, 0);
  progress.line(pc.bold('unroll train'));
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
  progress.line(`results in  ${options.out}\n`);

  await folder.begin();
  await saveModel(folder.path, model, tokenizer);

  const interrupt = onInterrupt(() =>
    progress.line('ending after this step; Ctrl-C again to end at once, with what was saved before'),
  );
  const start = performance.now();
  let savedAt = 0;
  try {
    for await (const event of train({
      model,
      optimizer,
      schedule,
      batches,
      maxGrad: options.maxGrad > 0 ? options.maxGrad : undefined,
      epochs: options.epochs,
      maxSteps: options.maxSteps,
      logEvery: options.logEvery,
      validation: evaluation && corpus.valid,
      evalInterval: options.evalInterval,
      evaluation,
      signal: interrupt,
      pause: breathe,
      now: () => performance.now(),
    })) {
      switch (event.type) {
        case 'step':
          folder.logStep(event);
          progress.step(event);
          break;
        case 'epoch':
          progress.epoch(event);
          break;
        case 'evaluation': {
          folder.logEvaluation(event);
          if (event.best) {
            await saveModel(folder.path, model, tokenizer);
            savedAt = event.step;
          }
          progress.evaluation(event);
          const sample = await sampleFrom(model, tokenizer, options);
          if (sample) {
            folder.logSample(event.step, sample);
            progress.sample(sample);
          }
        }
      }
    }
  } catch (error) {
    if (error instanceof DivergedError) {
      progress.line(`the model in ${folder.path} is that of step ${savedAt}, the last good one`);
    }
    throw error;
  } finally {
    interrupt.release();
  }

  const seconds = (performance.now() - start) / 1000;
  if (interrupt.aborted) {
    const place = folder.file('interrupted');
    await saveModel(place, model, tokenizer);
    progress.line(
      `interrupted after ${duration(seconds)}; the weights are in ${place} (a new run can begin with them: --weights ${quoted(place)})`,
    );
    return ExitCode.interrupted;
  }
  if (evaluation === undefined) {
    await saveModel(folder.path, model, tokenizer);
    savedAt = steps;
  }
  progress.line(`\ndone in ${duration(seconds)}; the model of step ${savedAt} is in ${folder.path}`);
  await reportTest(folder.path, corpus, progress, backend);
  progress.line(`let it write: ${options.command} generate ${quoted(folder.path)} --tokens 300`);
  return ExitCode.ok;
}

/** Before the batches refuse it in words of the library: here, sizes are options. */
function expectLongEnough({ data, batchSize, timeSize }: TrainOptions, { train, test }: Corpus): void {
  const least = batchSize * timeSize + 1;
  if (train.length >= least) return;
  const part = test ? 'for training, after some was held back to validate and test' : 'for training';
  throw new DataError(
    `${data}: expected at least ${count(least)} tokens ${part}, for --batch-size ${batchSize} and --time-size ${timeSize}; got ${count(train.length)}. Use a longer text, or a smaller --batch-size or --time-size`,
  );
}

/** The saved model on the text that training never saw. */
async function reportTest(
  path: string,
  { test }: Corpus,
  progress: Progress,
  backend: Backend,
): Promise<void> {
  const protocol = test && protocolFor(test);
  if (!test || !protocol) return;
  const { model } = await loadModel(path, backend);
  const { loss, perplexity, predictions } = await evaluate(model, test, { ...protocol, pause: breathe });
  model.dispose();
  progress.line(
    `test        loss ${loss.toFixed(3)}, perplexity ${figure(perplexity)} over ${count(predictions)} predictions (${describeProtocol(protocol)})`,
  );
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

/** A piece of text that the model writes now, always from the same seed; its state is left as it was. */
async function sampleFrom(
  model: LanguageModel,
  tokenizer: Tokenizer,
  options: TrainOptions,
): Promise<string> {
  const sampleSize = options.sampleSize ?? (tokenizer.kind === 'word' ? 30 : 160);
  if (sampleSize === 0) return '';
  const carried = await model.getState();
  model.resetState();
  const unknown = tokenizer.vocabulary.id('<unk>');
  const ids: number[] = [];
  const tokens = generate(model, {
    prompt: startIds(tokenizer),
    sampleSize,
    temperature: 0.8,
    skipIds: unknown === undefined || tokenizer.vocabulary.size === 1 ? [] : [unknown],
    random: new Random(options.seed, 1),
  });
  for await (const id of tokens) ids.push(id);
  model.setState(carried);
  return tokenizer.decode(ids);
}
