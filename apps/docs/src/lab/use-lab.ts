import type { SamplingOptions } from '@unroll/rnnlm';
import type { Evaluation } from '@unroll/training';
import { proxy, type Remote, transfer } from 'comlink';
import { type Ref, ref, type ShallowRef, shallowRef } from 'vue';
import { type Connection, connect } from './connect.ts';
import { addPoint, type HistoryPoint, pointOf } from './history.ts';
import type { NextToken, TokenValues } from './lab.ts';
import type { LabEvent, LabView } from './lab-worker.ts';
import type { LabSettings } from './settings.ts';
import type { NotKeptReason, Unreadable } from './shelf.ts';
import type { LabWorkerApi } from './worker.ts';
import type { NamedBytes } from './zip-folder.ts';

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
  /** Is a model being made, or fetched? */
  readonly busy: Ref<boolean>;
  /** What went wrong last; undefined if nothing did. `useSay` has words for it. */
  readonly error: ShallowRef<unknown>;
  /** Why the browser does not keep the model; undefined if it does. */
  readonly notKept: Ref<NotKeptReason | undefined>;
  /** After an error: the step at which the model is again; else undefined. */
  readonly backAt: Ref<number | undefined>;
  /** What the browser has kept and nobody can read; its text may be whole. */
  readonly unreadable: ShallowRef<Unreadable | undefined>;
  create(settings: LabSettings, text: string): Promise<void>;
  /**
   * @param fetch is waited for; if meanwhile something else was begun, what it brings is left alone
   * @returns whether it is there: not if something else was begun meanwhile
   * @throws Error naming what is wrong with the files; then the model is the one that it was
   */
  load(fetch: () => Promise<ModelToLoad>): Promise<boolean>;
  /**
   * Gives a model that came without a text one to be trained on.
   * @returns whether it has it; what is wrong with it, `error` says
   */
  read(text: string): Promise<boolean>;
  /** So many steps in all are to be made from now on. Not while it trains. */
  aimFor(steps: number): Promise<void>;
  /** Goes on with what the browser has kept, if there is anything. */
  restore(): Promise<void>;
  /** Until all steps are made, or `stop`; with a number, so many steps. */
  train(steps?: number): Promise<void>;
  stop(): void;
  /** Ends whatever it does, and forgets the model. */
  reset(): Promise<void>;
  /** Shows no model any more; what the browser has kept stays. */
  leave(): void;
  /** A zip of the model's folder, by this name. */
  zipped(name: string): Promise<Uint8Array<ArrayBuffer>>;
  write(
    prompt: string,
    size: number,
    options: SamplingOptions & { seed: number },
    tell: (piece: string) => void,
  ): Promise<void>;
  /** @returns undefined if it went wrong, which `error` says */
  measure(): Promise<Evaluation | undefined>;
  next(text: string, count: number): Promise<readonly NextToken[]>;
  hidden(count: number): Promise<TokenValues | undefined>;
  influence(text: string): Promise<TokenValues & { readonly predicted: string }>;
  /** Ends the worker. */
  close(): void;
}

export interface ModelToLoad {
  readonly files: readonly NamedBytes[];
  readonly settings: LabSettings;
  readonly text: string;
}

/** Milliseconds between two drawings of the curves: steps may come by the hundred in a second. */
const REDRAW = 250;

/** @param name under which the browser keeps the model; undefined: it is gone with the page */
export function useLab(name?: string): UsedLab {
  const view = shallowRef<LabView>();
  const history = shallowRef<readonly HistoryPoint[]>([]);
  const step = ref(0);
  const loss = ref<number>();
  const validLoss = ref<number>();
  const tokensPerSecond = ref<number>();
  const training = ref(false);
  const busy = ref(false);
  const error = shallowRef<unknown>();
  const notKept = ref<NotKeptReason>();
  const backAt = ref<number>();
  const unreadable = shallowRef<Unreadable>();
  let connection: Connection | undefined;
  let points: HistoryPoint[] = [];
  let drawing: ReturnType<typeof setTimeout> | undefined;
  /** Counts what was begun anew. */
  let turn = 0;

  /** Asks the worker, which is begun if need be; an answer that will not come any more is an error. */
  function ask<T>(question: (lab: Remote<LabWorkerApi>) => Promise<T>): Promise<T> {
    return connected().ask(question);
  }

  function connected(): Connection {
    connection ??= connect((reason) => {
      const hadModel = view.value !== undefined;
      close();
      show(undefined);
      const tell = (): void => {
        error.value = reason;
      };
      // What the browser has kept can be gone on with, in a new worker.
      if (hadModel) void restore().finally(tell);
      else tell();
    });
    return connection;
  }

  function show(shown: LabView | undefined): void {
    clearTimeout(drawing);
    drawing = undefined;
    view.value = shown;
    points = [...(shown?.history ?? [])];
    history.value = [...points];
    step.value = shown?.step ?? 0;
    loss.value = points.findLast(({ loss }) => loss !== null)?.loss ?? undefined;
    validLoss.value = points.findLast(({ validLoss }) => validLoss !== null)?.validLoss ?? undefined;
    tokensPerSecond.value = undefined;
    notKept.value = shown?.notKept;
    unreadable.value = undefined;
    backAt.value = undefined;
  }

  function take(event: LabEvent): void {
    if (event.type === 'not-kept') {
      notKept.value = event.reason;
      return;
    }
    if (event.type === 'back') {
      show(event.view);
      backAt.value = event.view.step;
      return;
    }
    step.value = event.step;
    if (event.type === 'step') {
      loss.value = event.loss;
      tokensPerSecond.value = event.tokensPerSecond;
    } else if (event.type === 'evaluation') {
      validLoss.value = event.loss;
    }
    const point = pointOf(event);
    if (!point) return;
    addPoint(points, point);
    drawing ??= setTimeout(() => {
      drawing = undefined;
      history.value = [...points];
    }, REDRAW);
  }

  /** What goes wrong is shown, not thrown. */
  async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    error.value = undefined;
    backAt.value = undefined;
    try {
      return await act();
    } catch (caught) {
      const isNothing = caught instanceof Error && caught.message === ''; // nobody waits for it any more
      error.value = isNothing ? undefined : caught;
      return undefined;
    }
  }

  /** @param act is told whether nothing else was begun meanwhile */
  async function whileBusy(act: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    const mine = ++turn;
    busy.value = true;
    try {
      await act(() => mine === turn);
    } finally {
      if (mine === turn) busy.value = false;
    }
  }

  function close(): void {
    connection?.close();
    connection = undefined;
    training.value = false;
    busy.value = false;
    turn++;
  }

  async function restore(): Promise<void> {
    if (name === undefined || busy.value) return;
    await whileBusy(async (isCurrent) => {
      const kept = await attempt(() => ask((lab) => lab.restore(name)));
      if (!kept || !isCurrent()) return;
      if (kept.view) show(kept.view);
      unreadable.value = kept.unreadable;
    });
  }

  return {
    ...{ view, history, step, loss, validLoss, tokensPerSecond, training, busy, error, notKept },
    ...{ backAt, unreadable },
    create: (settings, text) =>
      whileBusy(async (isCurrent) => {
        const made = await attempt(() => ask((lab) => lab.create({ ...settings }, text, name)));
        if (made && isCurrent()) show(made);
      }),
    load: async (fetch) => {
      let isShown = false;
      await whileBusy(async (isCurrent) => {
        error.value = undefined;
        const { files, settings, text } = await fetch();
        if (!isCurrent()) return;
        const buffers = files.map(({ bytes }) => bytes.buffer as ArrayBuffer);
        const loaded = await ask((lab) =>
          lab.load(transfer([...files], buffers), { ...settings }, text, name),
        );
        isShown = isCurrent();
        if (isShown) show(loaded);
      });
      return isShown;
    },
    read: async (text) => {
      let hasIt = false;
      await whileBusy(async (isCurrent) => {
        const shown = await attempt(() => ask((lab) => lab.read(text, name)));
        hasIt = shown !== undefined && isCurrent();
        if (shown && hasIt) show(shown);
      });
      return hasIt;
    },
    aimFor: async (steps) => {
      if (training.value || !view.value) return;
      const shown = await attempt(() => ask((lab) => lab.aimFor(steps, name)));
      if (!shown || !view.value) return;
      view.value = { ...view.value, settings: shown.settings };
      notKept.value = shown.notKept;
    },
    restore,
    train: async (steps) => {
      if (training.value || !view.value) return;
      training.value = true;
      const mine = connected();
      const tell = (event: LabEvent): void => {
        if (mine === connection) take(event); // not from a worker that was ended
      };
      await attempt(() => ask((lab) => lab.run(proxy(tell), name, steps)));
      if (mine === connection) training.value = false;
    },
    stop: () => void connection?.lab.stop(),
    reset: async () => {
      close(); // first, so that nothing is kept afterwards
      show(undefined);
      await attempt(async () => {
        if (name === undefined) return;
        const { Shelf } = await import('./shelf.ts');
        await new Shelf(name).clear();
      });
    },
    leave: () => {
      close();
      show(undefined);
      error.value = undefined;
    },
    zipped: (folder) => ask((lab) => lab.zipped(folder)),
    write: (prompt, size, options, tell) => ask((lab) => lab.write(prompt, size, options, proxy(tell))),
    measure: () => attempt(() => ask((lab) => lab.measure())),
    next: (text, count) => ask((lab) => lab.next(text, count)),
    hidden: (count) => ask((lab) => lab.hidden(count)),
    influence: (text) => ask((lab) => lab.influence(text)),
    close,
  };
}
