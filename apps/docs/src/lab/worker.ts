import type { SamplingOptions } from '@unroll/rnnlm';
import { WasmBackend } from '@unroll/tensor-wasm';
import type { Evaluation, TrainingEvent } from '@unroll/training';
import { expose } from 'comlink';
import { del, get, set } from 'idb-keyval';
import {
  type HistoryPoint,
  Lab,
  type LabFacts,
  type NextToken,
  type SavedLab,
  type TokenValues,
} from './lab.ts';
import type { ModelFolder } from './model-files.ts';
import type { LabSettings } from './settings.ts';

/** What a lab shows when it is there. */
export interface LabView {
  readonly facts: LabFacts;
  readonly settings: LabSettings;
  readonly text: string;
  readonly step: number;
  readonly history: readonly HistoryPoint[];
}

/** A turn for the messages that have come meanwhile: a timer would wait four milliseconds. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(undefined);
  });

/** A function of the page: what it is told arrives by a way of its own. */
type Told<T> = (value: T) => void | Promise<void>;

/** Ends when the page has heard the last that there is to hear, which an answer might overtake. */
async function allTold<T>(tell: Told<T>, act: (tell: (value: T) => void) => Promise<void>): Promise<void> {
  let last: unknown;
  await act((value) => {
    last = tell(value);
  });
  await last;
}

/** The one model of this worker. */
class LabWorker {
  #backend: Promise<WasmBackend> | undefined;
  #lab: Lab | undefined;

  async create(settings: LabSettings, text: string): Promise<LabView> {
    return this.#show(Lab.create(settings, text, await this.#ready(), breathe));
  }

  /** Goes on with what the browser has kept under this name, if there is anything. */
  async restore(name: string): Promise<LabView | undefined> {
    const saved = await get<SavedLab>(name);
    return saved && this.#show(Lab.restore(saved, await this.#ready(), breathe));
  }

  /** Forgets what the browser has kept under this name. */
  forget(name: string): Promise<void> {
    return del(name);
  }

  async load(folder: ModelFolder, settings: LabSettings, text: string): Promise<LabView> {
    return this.#show(Lab.fromFolder(folder, settings, text, await this.#ready(), breathe));
  }

  /** @param name under which the browser keeps all from which to go on; undefined: it does not */
  async run(tell: Told<TrainingEvent>, name?: string, stopAfter?: number): Promise<void> {
    const keep = async (saved: SavedLab): Promise<void> => {
      if (name !== undefined) await set(name, saved);
    };
    await allTold(tell, (each) => this.#there.run(each, keep, stopAfter));
  }

  stop(): void {
    this.#lab?.stop();
  }

  folder(): Promise<ModelFolder> {
    return this.#there.folder();
  }

  async write(
    prompt: string,
    sampleSize: number,
    options: SamplingOptions & { readonly seed: number },
    tell: Told<string>,
  ): Promise<void> {
    await allTold(tell, (each) => this.#there.write(prompt, sampleSize, options, each));
  }

  measure(): Promise<Evaluation> {
    return this.#there.measure();
  }

  next(text: string, count: number): Promise<readonly NextToken[]> {
    return this.#there.next(text, count);
  }

  hidden(text: string): Promise<TokenValues> {
    return this.#there.hidden(text);
  }

  influence(text: string): Promise<TokenValues & { readonly predicted: string }> {
    return this.#there.influence(text);
  }

  get #there(): Lab {
    if (!this.#lab) throw new Error('there is no model yet');
    return this.#lab;
  }

  #ready(): Promise<WasmBackend> {
    this.#backend ??= WasmBackend.create();
    return this.#backend;
  }

  #show(lab: Lab): LabView {
    this.#lab?.dispose();
    this.#lab = lab;
    const { facts, settings, text, step, history } = lab;
    return { facts, settings, text, step, history: [...history] };
  }
}

export type LabWorkerApi = LabWorker;

expose(new LabWorker());
