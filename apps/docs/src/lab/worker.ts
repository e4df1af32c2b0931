import type { SamplingOptions } from '@unroll/rnnlm';
import { WasmBackend } from '@unroll/tensor-wasm';
import type { Evaluation, TrainingEvent } from '@unroll/training';
import { expose, transfer } from 'comlink';
import { get, set } from 'idb-keyval';
import type { HistoryPoint } from './history.ts';
import { textKey } from './keys.ts';
import { Lab, type LabFacts, type NextToken, type SavedLab, type TokenValues } from './lab.ts';
import type { LabSettings } from './settings.ts';
import { folderFrom, type NamedBytes, zipFolder } from './zip-folder.ts';

/** What a lab shows when it is there. */
export interface LabView {
  readonly facts: LabFacts;
  readonly settings: LabSettings;
  readonly text: string;
  readonly step: number;
  readonly history: readonly HistoryPoint[];
}

/** The browser did not take what was to be kept; training goes on without. */
export interface NotKept {
  readonly type: 'not-kept';
  readonly reason: 'refused' | 'another-tab';
}

/** A function of the page: what it is told arrives by a way of its own. */
type Told<T> = (value: T) => void | Promise<void>;

/** A turn for the messages that have come meanwhile: a timer would wait four milliseconds. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(undefined);
  });

/** The one model of this worker. */
class LabWorker {
  #backend: Promise<WasmBackend> | undefined;
  #lab: Lab | undefined;
  /** The run at hand. */
  #running: Promise<void> = Promise.resolve();

  /** @param name under which the browser keeps it; undefined: it does not */
  async create(settings: LabSettings, text: string, name?: string): Promise<LabView> {
    return this.#show(Lab.create(settings, text, await this.#ready(), breathe), name);
  }

  /** Goes on with what the browser has kept under this name, if there is anything. */
  async restore(name: string): Promise<LabView | undefined> {
    const [saved, text] = await Promise.all([get<SavedLab>(name), get<string>(textKey(name))]);
    if (!saved || text === undefined) return undefined;
    return this.#show(Lab.restore(saved, text, await this.#ready(), breathe));
  }

  async load(
    files: readonly NamedBytes[],
    settings: LabSettings,
    text: string,
    name?: string,
  ): Promise<LabView> {
    return this.#show(Lab.fromFolder(folderFrom(files), settings, text, await this.#ready(), breathe), name);
  }

  async run(tell: Told<TrainingEvent | NotKept>, name?: string, stopAfter?: number): Promise<void> {
    const lab = this.#there;
    let refused = false;
    await allTold(tell, async (tell) => {
      const keep = async (saved: SavedLab): Promise<void> => {
        if (name === undefined || refused) return;
        await set(name, saved).catch(() => {
          refused = true; // full, or not allowed: no reason to end the training
          tell({ type: 'not-kept', reason: 'refused' });
        });
      };
      this.#running = lockedAs(name, (isOurs) => {
        if (!isOurs) tell({ type: 'not-kept', reason: 'another-tab' });
        return lab.run(tell, isOurs ? keep : async () => {}, stopAfter);
      });
      await this.#running;
    });
  }

  stop(): void {
    this.#lab?.stop();
  }

  async zipped(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = zipFolder(await this.#there.folder(), name);
    return transfer(bytes, [bytes.buffer]);
  }

  async write(
    prompt: string,
    sampleSize: number,
    options: SamplingOptions & { readonly seed: number },
    tell: Told<string>,
  ): Promise<void> {
    await allTold(tell, (tell) => this.#there.write(prompt, sampleSize, options, tell));
  }

  measure(): Promise<Evaluation> {
    return this.#there.measure();
  }

  next(text: string, count: number): Promise<readonly NextToken[]> {
    return this.#there.next(text, count);
  }

  hidden(count: number): Promise<TokenValues | undefined> {
    return this.#there.hidden(count);
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

  /** The model before it is ended first. */
  async #show(lab: Lab, name?: string): Promise<LabView> {
    this.#lab?.stop();
    await this.#running.catch(() => {});
    this.#lab?.dispose();
    this.#lab = lab;
    const { facts, settings, text, step, history } = lab;
    if (name !== undefined) {
      // Whether the browser takes it shows in the first run.
      await Promise.all([set(name, await lab.saved()), set(textKey(name), text)]).catch(() => {});
    }
    return { facts, settings, text, step, history: [...history] };
  }
}

/** Ends when the page has heard the last that there is to hear, which an answer might overtake. */
async function allTold<T>(tell: Told<T>, act: (tell: (value: T) => void) => Promise<void>): Promise<void> {
  let last: unknown;
  await act((value) => {
    last = tell(value);
  });
  await last;
}

/** Two tabs of one page would write over each other's model: the first to train has it. */
function lockedAs(name: string | undefined, act: (isOurs: boolean) => Promise<void>): Promise<void> {
  const { locks } = navigator;
  if (name === undefined || !locks) return act(true);
  return locks.request(name, { ifAvailable: true }, (lock) => act(lock !== null));
}

export type LabWorkerApi = LabWorker;

expose(new LabWorker());
