import type { SamplingOptions } from '@unroll/rnnlm';
import type { Evaluation, TrainingEvent } from '@unroll/training';
import { proxy } from 'comlink';
import { type Ref, ref, type ShallowRef, shallowRef } from 'vue';
import { type Connection, connect } from './connect.ts';
import type { HistoryPoint, NextToken, TokenValues } from './lab.ts';
import type { ModelFolder } from './model-files.ts';
import type { LabSettings } from './settings.ts';
import type { LabView } from './worker.ts';

/** A model in a worker, as a page sees it. */
export interface UsedLab {
  /** Undefined before there is a model. */
  readonly view: ShallowRef<LabView | undefined>;
  readonly history: ShallowRef<readonly HistoryPoint[]>;
  readonly step: Ref<number>;
  readonly loss: Ref<number | undefined>;
  readonly validLoss: Ref<number | undefined>;
  readonly tokensPerSecond: Ref<number | undefined>;
  readonly training: Ref<boolean>;
  /** What went wrong last; empty if nothing did. */
  readonly error: Ref<string>;
  create(settings: LabSettings, text: string): Promise<void>;
  /** @throws Error naming what is wrong with the folder; then the model is the one that it was */
  load(folder: ModelFolder, settings: LabSettings, text: string): Promise<void>;
  /** @returns whether there was something to go on with */
  restore(): Promise<boolean>;
  /** Until all steps are made, or `stop`; with a number, so many steps. */
  train(steps?: number): Promise<void>;
  stop(): Promise<void>;
  /** Ends whatever it does, and forgets the model. */
  reset(): Promise<void>;
  folder(): Promise<ModelFolder>;
  write(
    prompt: string,
    size: number,
    options: SamplingOptions & { seed: number },
    tell: (piece: string) => void,
  ): Promise<void>;
  /** @returns undefined if it went wrong, which `error` says */
  measure(): Promise<Evaluation | undefined>;
  next(text: string, count: number): Promise<readonly NextToken[]>;
  hidden(text: string): Promise<TokenValues>;
  influence(text: string): Promise<TokenValues & { readonly predicted: string }>;
  close(): void;
}

/** @param name under which the browser keeps the model; undefined: it is gone with the page */
export function useLab(name?: string): UsedLab {
  const view = shallowRef<LabView>();
  const history = shallowRef<readonly HistoryPoint[]>([]);
  const step = ref(0);
  const loss = ref<number>();
  const validLoss = ref<number>();
  const tokensPerSecond = ref<number>();
  const training = ref(false);
  const error = ref('');
  let connection: Connection | undefined;

  const lab = () => {
    connection ??= connect();
    return connection.lab;
  };

  function show(shown: LabView | undefined): void {
    view.value = shown;
    history.value = shown?.history ?? [];
    step.value = shown?.step ?? 0;
    loss.value = history.value.findLast(({ loss }) => loss !== null)?.loss ?? undefined;
    validLoss.value = history.value.findLast(({ validLoss }) => validLoss !== null)?.validLoss ?? undefined;
    tokensPerSecond.value = undefined;
  }

  function take(event: TrainingEvent): void {
    if (event.type === 'step') {
      step.value = event.step;
      loss.value = event.loss;
      tokensPerSecond.value = event.tokensPerSecond;
      const point = { step: event.step, loss: event.loss, gradNorm: event.gradNorm, validLoss: null };
      history.value = [...history.value, point];
    } else if (event.type === 'evaluation') {
      validLoss.value = event.loss;
      const point = { step: event.step, loss: null, gradNorm: null, validLoss: event.loss };
      history.value = [...history.value, point];
    } else {
      step.value = event.step;
    }
  }

  /** What goes wrong is shown, not thrown. */
  async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    error.value = '';
    try {
      return await act();
    } catch (caught) {
      error.value = caught instanceof Error ? caught.message : String(caught);
      return undefined;
    }
  }

  return {
    ...{ view, history, step, loss, validLoss, tokensPerSecond, training, error },
    create: async (settings, text) => {
      const made = await attempt(() => lab().create({ ...settings }, text));
      if (made) show(made);
    },
    load: async (folder, settings, text) => {
      error.value = '';
      show(await lab().load(folder, { ...settings }, text));
    },
    restore: async () => {
      if (name === undefined) return false;
      const kept = await attempt(() => lab().restore(name));
      if (kept) show(kept);
      return kept !== undefined;
    },
    train: async (steps) => {
      if (training.value) return;
      training.value = true;
      await attempt(() => lab().run(proxy(take), name, steps));
      training.value = false;
    },
    stop: async () => {
      await lab().stop();
    },
    reset: async () => {
      await attempt(async () => {
        if (name !== undefined) await lab().forget(name);
      });
      connection?.close();
      connection = undefined;
      training.value = false;
      show(undefined);
    },
    folder: () => lab().folder(),
    write: (prompt, size, options, tell) => lab().write(prompt, size, options, proxy(tell)),
    measure: () => attempt(() => lab().measure()),
    next: (text, count) => lab().next(text, count),
    hidden: (text) => lab().hidden(text),
    influence: (text) => lab().influence(text),
    close: () => {
      connection?.close();
      connection = undefined;
      training.value = false;
    },
  };
}
