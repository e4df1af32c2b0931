import { packModel } from '@unroll/model-folder';
import { AdamW, CosineSchedule, type Optimizer, type OptimizerState, SGD } from '@unroll/optimizers';
import {
  generate,
  type LanguageModel,
  type ModelState,
  type SamplingOptions,
  StackedRnnlm,
  setOutputBias,
} from '@unroll/rnnlm';
import { type Backend, Random, type Tensor, zeros } from '@unroll/tensor';
import { BpttBatches, CharTokenizer, splitIds, TextError, type Tokenizer, WordTokenizer } from '@unroll/text';
import { type Evaluation, evaluate, type TrainingEvent, type TrainingState, train } from '@unroll/training';
import { addPoint, type HistoryPoint, pointOf } from './history.ts';
import { expectFits } from './memory.ts';
import { type ModelFolder, unpackFolder } from './model-folder.ts';
import { LabError } from './problem.ts';
import { cellOf, type LabSettings, settingsOf } from './settings.ts';

/** What is known before the first step. */
export interface LabFacts {
  readonly tokens: number;
  readonly validTokens: number;
  readonly vocabSize: number;
  readonly parameters: number;
  readonly stepsPerEpoch: number;
  readonly backend: string;
  readonly threads: number;
  /** Of the model: from elsewhere it may have what cannot be chosen here. */
  readonly tokenizer: string;
  readonly cell: string;
}

/** All that is needed to go on where a lab was left, beside the text: plain values, which a browser can store. */
export interface SavedLab {
  readonly settings: LabSettings;
  readonly folder: ModelFolder;
  readonly optimizer: OptimizerState;
  readonly carried: ModelState;
  /** Undefined before the first step. */
  readonly training: TrainingState | undefined;
  readonly history: readonly HistoryPoint[];
}

export interface NextToken {
  readonly id: number;
  readonly token: string;
  readonly probability: number;
}

/** Whoever asked will not be answered any more: the model is gone. Nothing to be told of. */
class GoneError extends Error {
  constructor() {
    super('');
    this.name = 'GoneError';
  }
}

/** Numbers for each token of a text. */
export interface TokenValues {
  readonly tokens: readonly string[];
  /** For each token so many numbers, one after the other. */
  readonly values: ArrayLike<number>;
  readonly width: number;
}

/** Less than this is not held back to validate on: it would not fill a block. */
const LEAST_VALID = 400;
const VALID_SHARE = 0.1;
/** More than this is measured only when somebody asks: an evaluation should take less time than the steps before it. */
const MOST_VALID = 20_000;
const EVALUATE_EVERY = 200;
const MOST_MEASURED = 100_000;
/** Tokens of a question that are read: what came before has hardly a say. */
const LONGEST_QUESTION = 500;
/** Milliseconds of work between two breaths. */
const WORK = 12;
/** Milliseconds of training that may be lost; more where keeping takes long. */
const KEEP_EVERY = 5000;
/** At most this share of the time goes into keeping. */
const KEEPING = 0.05;

/**
 * A model in training, and all that can be asked of it meanwhile: it writes, and shows its probabilities and its hidden units. Questions
 * wait for the end of a step, and leave the training as if they had not been asked.
 */
export class Lab {
  #settings: LabSettings;
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly facts: LabFacts;
  /** What it is trained on. */
  readonly text: string;
  readonly #train: Int32Array;
  /** What is held back; nothing if the text is short. */
  readonly #valid: Int32Array;
  readonly #optimizer: Optimizer;
  readonly #breathe: () => Promise<void>;
  readonly #history: HistoryPoint[] = [];
  readonly #questions: (() => Promise<void>)[] = [];
  #state: TrainingState | undefined;
  #stop: { aborted: boolean } | undefined;
  #lastBreath = 0;
  /** Of the question at hand while nothing is trained. */
  #resting: Promise<unknown> = Promise.resolve();
  /** Of the run at hand. */
  #running: Promise<unknown> = Promise.resolve();
  #isGone = false;
  #hasFailed = false;

  private constructor(
    settings: LabSettings,
    text: string,
    { model, tokenizer }: { model: LanguageModel; tokenizer: Tokenizer },
    breathe: () => Promise<void>,
  ) {
    this.#settings = settings;
    this.model = model;
    this.tokenizer = tokenizer;
    this.text = text;
    this.#breathe = breathe;
    const ids = this.#encoded(text);
    const left = ids.length - Math.ceil(ids.length * VALID_SHARE);
    const holdsBack =
      ids.length * VALID_SHARE >= LEAST_VALID && left > settings.batchSize * settings.timeSize;
    // A model can also be asked without a text to train on.
    if (ids.length > 0) expectLongEnough(ids.length, settings);
    const { train, valid } = splitIds(ids, { valid: holdsBack ? VALID_SHARE : 0, test: 0 });
    this.#train = train;
    this.#valid = valid;
    const { optimizer, lr } = settings;
    this.#optimizer = optimizer === 'sgd' ? new SGD({ lr }) : new AdamW({ lr });
    this.facts = {
      ...{ tokens: ids.length, validTokens: valid.length, vocabSize: tokenizer.vocabulary.size },
      parameters: model.params.reduce((sum, { value }) => sum + value.size, 0),
      stepsPerEpoch: ids.length === 0 ? 0 : this.#batches().stepsPerEpoch,
      ...{ backend: model.backend.name, threads: threadsOf(model.backend) },
      ...{ tokenizer: tokenizer.kind, cell: cellOf(model.config) },
    };
  }

  /**
   * A new model for a text.
   * @param breathe lets others have their turn
   * @param minCount characters that are rarer are unknown to the model, which then takes any text
   * @throws LabError if the text is too short for the batch, or the model too large for a tab
   */
  static create(
    settings: LabSettings,
    text: string,
    backend: Backend,
    breathe: () => Promise<void>,
    minCount = 1,
  ): Lab {
    if (settings.tokenizer === 'word' && text.trim() === '')
      throw new LabError({ name: 'noWords', values: {} });
    const tokenizer =
      settings.tokenizer === 'char'
        ? CharTokenizer.fromText(text, minCount > 1 ? { minCount } : {})
        : WordTokenizer.fromText(text);
    expectFits(settings, tokenizer.vocabulary.size);
    const { cell, layers, wordvecSize, hiddenSize, dropout, seed } = settings;
    const model = new StackedRnnlm({
      ...{ backend, vocabSize: tokenizer.vocabulary.size, wordvecSize, hiddenSize, seed },
      ...{ cell, layers, dropouts: { input: dropout, hidden: dropout, output: dropout } },
    });
    return orDisposed(model, () => {
      const lab = new Lab(settings, text, { model, tokenizer }, breathe);
      setOutputBias(model, lab.#train);
      return lab;
    });
  }

  /** Goes on where a run was kept, to the same bits on the same backend. */
  static async restore(
    saved: SavedLab,
    text: string,
    backend: Backend,
    breathe: () => Promise<void>,
  ): Promise<Lab> {
    const unpacked = await unpackFolder(saved.folder, backend);
    return orDisposed(unpacked.model, () => {
      const lab = new Lab(saved.settings, text, unpacked, breathe);
      lab.model.setState(saved.carried);
      lab.#optimizer.setState(saved.optimizer, lab.model.params);
      lab.#state = saved.training;
      lab.#history.push(...saved.history);
      return lab;
    });
  }

  /**
   * A model to ask, and to train further on a text if there is one.
   * @param settings of the training to come; sizes are those of the model
   * @throws LabError if the text has tokens that the model does not know, or too few
   */
  static async fromFolder(
    folder: ModelFolder,
    settings: LabSettings,
    text: string,
    backend: Backend,
    breathe: () => Promise<void>,
  ): Promise<Lab> {
    const unpacked = await unpackFolder(folder, backend);
    const { model, tokenizer } = unpacked;
    return orDisposed(
      model,
      () => new Lab(settingsOf(model.config, tokenizer.kind, settings), text, unpacked, breathe),
    );
  }

  get settings(): LabSettings {
    return this.#settings;
  }

  /** From now on it is to be trained for so many steps in all; the learning rate falls over all of them. */
  aimFor(steps: number): void {
    this.#settings = { ...this.#settings, steps };
  }

  get step(): number {
    return this.#state?.step ?? 0;
  }

  /** Has a run ended with an error? Then weights, step and curves are of different moments. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  get history(): readonly HistoryPoint[] {
    return this.#history;
  }

  /**
   * Trains until all steps are made, `stop` is called, or so many steps were made.
   * @param tell of each event, as it happens
   * @param keep is given all from which to go on, every few seconds and when the run ends
   */
  async run(
    tell: (event: TrainingEvent) => void,
    keep: (saved: SavedLab) => Promise<void>,
    stopAfter?: number,
  ): Promise<void> {
    if (this.#stop || this.#isGone) return;
    expectFits(this.settings, this.tokenizer.vocabulary.size); // a model that was loaded may be larger than one made here
    const run = this.#run(tell, keep, stopAfter);
    this.#running = run.catch(() => {});
    await run;
  }

  async #run(
    tell: (event: TrainingEvent) => void,
    keep: (saved: SavedLab) => Promise<void>,
    stopAfter?: number,
  ): Promise<void> {
    const signal = { aborted: false };
    this.#stop = signal; // from here on, questions wait for the end of a step
    const { steps } = this.settings;
    let next = performance.now() + KEEP_EVERY;
    try {
      await this.#resting;
      const events = train({
        ...{
          model: this.model,
          optimizer: this.#optimizer,
          schedule: this.#schedule(),
          batches: this.#batches(),
        },
        ...(this.settings.maxGrad > 0 && { maxGrad: this.settings.maxGrad }),
        ...{ epochs: Number.MAX_SAFE_INTEGER, maxSteps: steps, state: this.#state, signal },
        // Whoever asks for a few steps wants to see each.
        ...(stopAfter === undefined ? { logEvery: 10 } : { logEvery: 1, stopAfter: this.step + stopAfter }),
        ...(this.#valid.length > 0 && {
          validation: this.#valid.subarray(0, MOST_VALID),
          evalInterval: EVALUATE_EVERY,
          evaluation: { batchSize: 4, timeSize: 35 },
        }),
        wantsCheckpoint: (step) => step >= steps || performance.now() > next,
        pause: () => this.#pause(),
      });
      for await (const event of events) {
        this.#remember(event);
        if (event.type === 'checkpoint') {
          this.#state = event.state;
          const start = performance.now();
          await keep(await this.saved());
          const now = performance.now();
          next = now + Math.max(KEEP_EVERY, (now - start) / KEEPING);
        }
        tell(event);
      }
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    } finally {
      // Those that waited are answered before anybody else may ask.
      while (this.#questions.length > 0) await this.#questions.shift()?.();
      this.#stop = undefined;
    }
  }

  /** Ends `run` after the step at hand. */
  stop(): void {
    if (this.#stop) this.#stop.aborted = true;
  }

  /** As `saved`, once nobody asks any more: while nothing is trained. */
  savedAtRest(): Promise<SavedLab> {
    const saved = this.#resting.then(() => this.saved());
    this.#resting = saved.catch(() => {});
    return saved;
  }

  /** All from which to go on. Between two steps only. */
  async saved(): Promise<SavedLab> {
    const [folder, optimizer, carried] = await Promise.all([
      packModel(this.model, this.tokenizer),
      this.#optimizer.getState(),
      this.model.getState(),
    ]);
    const { settings } = this;
    return { settings, folder, optimizer, carried, training: this.#state, history: [...this.#history] };
  }

  folder(): Promise<ModelFolder> {
    return this.#ask(() => packModel(this.model, this.tokenizer));
  }

  /** Goes on from a prompt; tells each piece of text as it comes. */
  write(
    prompt: string,
    sampleSize: number,
    options: SamplingOptions & { readonly seed: number },
    tell: (piece: string) => void,
  ): Promise<void> {
    return this.#ask(async () => {
      const { seed, ...sampling } = options;
      const ids = this.#idsOf(prompt);
      const stream = this.tokenizer.stream(ids[ids.length - 1]);
      const { unknownId } = this.tokenizer;
      const skipIds = unknownId === undefined ? [] : [unknownId];
      const random = new Random(seed);
      for await (const id of generate(this.model, {
        prompt: ids,
        sampleSize,
        random,
        ...sampling,
        skipIds,
      })) {
        tell(stream.next(id));
        await this.#breatheOrGo();
      }
      tell(stream.end());
    });
  }

  /** The mean loss over every prediction of what is held back, or of the text if nothing is; of a long one, of its beginning. */
  measure(): Promise<Evaluation> {
    return this.#ask(() => {
      const ids = (this.#valid.length > 1 ? this.#valid : this.#train).subarray(0, MOST_MEASURED);
      return evaluate(this.model, ids, { exact: true, pause: () => this.#breatheOrGo() });
    });
  }

  /** The likeliest tokens after a text. */
  next(text: string, count: number): Promise<readonly NextToken[]> {
    return this.#ask(async () => {
      const scores = await this.#scores(this.#idsOf(text));
      const most = greatest(scores);
      const weights = scores.map((score) => Math.exp(score - most));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights
        .map((weight, id) => ({ id, probability: weight / sum }))
        .sort((a, b) => b.probability - a.probability)
        .slice(0, count)
        .map(({ id, probability }) => ({ id, token: this.#tokensOf([id])[0], probability }));
    });
  }

  /** What the hidden units of the last recurrent layer say at each of the last tokens of the text; undefined without a text. */
  hidden(count: number): Promise<TokenValues | undefined> {
    return this.#ask(async () => {
      const ids = [...(this.#valid.length > 0 ? this.#valid : this.#train).slice(-count)];
      if (ids.length === 0) return undefined;
      await this.#withIds(ids, (xs) => this.model.predict(xs));
      const { hs } = this.model;
      return { tokens: this.#tokensOf(ids), values: await hs.read(), width: hs.cols };
    });
  }

  /**
   * How much each token mattered for the next one that the model would choose: the norm of the gradient of that token's log-probability
   * by the token's vector, from the layers' own backward.
   */
  influence(text: string): Promise<TokenValues & { readonly predicted: string }> {
    return this.#ask(async () => {
      const ids = this.#idsOf(text);
      const { backend, layers, loss } = this.model;
      return this.#withIds(ids, async (xs) => {
        const T = ids.length;
        const scores = this.model.predict(xs);
        const last = [...(await scores.slice(T - 1, T).read())];
        const best = last.indexOf(greatest(last));
        const ts = zeros(backend, [1, T], 'i32');
        try {
          ts.write([...Array(T - 1).fill(loss.ignoreLabel), best]);
          loss.forward(scores, ts);
          let d: Tensor = loss.backward();
          for (const layer of layers.slice(1).reverse()) d = layer.backward(d) as Tensor;
          const D = d.cols;
          const values = await d.read();
          const norms = ids.map((_, t) => Math.hypot(...values.subarray(t * D, (t + 1) * D)));
          const [predicted] = this.#tokensOf([best]);
          return { tokens: this.#tokensOf(ids), values: norms, width: 1, predicted };
        } finally {
          ts.dispose();
        }
      });
    });
  }

  /** Ends what it does, and waits for that: it can be disposed then. */
  async end(): Promise<void> {
    this.#isGone = true;
    this.stop();
    await Promise.all([this.#running, this.#resting]);
  }

  dispose(): void {
    this.#isGone = true;
    this.stop();
    this.#optimizer.dispose();
    this.model.dispose();
  }

  #schedule(): CosineSchedule {
    const { lr, steps, optimizer } = this.settings;
    return new CosineSchedule({
      lr,
      steps: Math.max(steps, 2),
      minLr: optimizer === 'sgd' ? lr / 20 : lr / 50,
    });
  }

  #batches(): BpttBatches {
    const { batchSize, timeSize } = this.settings;
    return new BpttBatches(this.#train, { batchSize, timeSize });
  }

  async #pause(): Promise<void> {
    await this.#breatheIfDue();
    while (this.#questions.length > 0) await this.#questions.shift()?.();
  }

  async #breatheIfDue(): Promise<void> {
    if (performance.now() - this.#lastBreath < WORK) return;
    await this.#breathe();
    this.#lastBreath = performance.now();
  }

  /** @throws GoneError if nobody waits for the answer any more */
  async #breatheOrGo(): Promise<void> {
    await this.#breatheIfDue();
    if (this.#isGone) throw new GoneError();
  }

  /** Asks between two steps, or at once if there are none; the model carries on as if nobody had asked. */
  #ask<T>(question: () => Promise<T>): Promise<T> {
    const undisturbed = async (): Promise<T> => {
      if (this.#isGone) throw new GoneError();
      const { model } = this;
      const [state, training] = [await model.getState(), model.training];
      model.training = false;
      model.resetState();
      try {
        return await question();
      } finally {
        model.setState(state);
        model.training = training;
      }
    };
    if (!this.#stop) {
      const answer = this.#resting.then(undisturbed);
      this.#resting = answer.catch(() => {});
      return answer;
    }
    return new Promise((resolve, reject) => {
      this.#questions.push(() => undisturbed().then(resolve, reject));
    });
  }

  /** @throws LabError if there is a token that the model does not know */
  #idsOf(text: string): number[] {
    const ids = [...this.#encoded(text)].slice(-LONGEST_QUESTION);
    return ids.length > 0 ? ids : [this.#train[0] ?? 0]; // nothing to go on from: as a text begins
  }

  #encoded(text: string): Int32Array {
    try {
      return this.tokenizer.encode(text);
    } catch (error) {
      if (!TextError.isInstance(error)) throw error;
      const parts = new Set(this.tokenizer.kind === 'word' ? text.split(/\s+/) : text);
      const unknown = [...parts].filter((part) => part !== '' && !this.#knows(part));
      const tokens = unknown.slice(0, 5).map((part) => JSON.stringify(part));
      throw new LabError({ name: 'unknownTokens', values: { tokens } }, { cause: error });
    }
  }

  #knows(part: string): boolean {
    try {
      this.tokenizer.encode(part);
      return true;
    } catch {
      return false;
    }
  }

  /** As they look in a text: byte pairs have letters of their own in the vocabulary. */
  #tokensOf(ids: readonly number[]): string[] {
    return ids.map((id) => this.tokenizer.decode([id]));
  }

  /** Of each token of the vocabulary, after these. */
  async #scores(ids: readonly number[]): Promise<number[]> {
    const read = (xs: Tensor) =>
      this.model
        .predict(xs)
        .slice(ids.length - 1, ids.length)
        .read();
    return [...(await this.#withIds(ids, read))];
  }

  async #withIds<T>(ids: readonly number[], use: (xs: Tensor) => T | Promise<T>): Promise<T> {
    const xs = zeros(this.model.backend, [1, ids.length], 'i32');
    try {
      xs.write(ids);
      return await use(xs);
    } finally {
      xs.dispose();
    }
  }

  #remember(event: TrainingEvent): void {
    const point = pointOf(event);
    if (point) addPoint(this.#history, point);
  }
}

/** In words of who sets sizes, before the batches say it in theirs. */
function expectLongEnough(tokens: number, { batchSize, timeSize }: LabSettings): void {
  const least = batchSize * timeSize + 1;
  if (tokens >= least) return;
  throw new LabError({ name: 'textTooShort', values: { least, batchSize, timeSize, tokens } });
}

/** What was made on the way to an error is given back. */
function orDisposed<T>(model: LanguageModel, make: () => T): T {
  try {
    return make();
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function threadsOf(backend: Backend): number {
  return 'threads' in backend && typeof backend.threads === 'number' ? backend.threads : 1;
}

/** A spread would not do for a large vocabulary. */
function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
