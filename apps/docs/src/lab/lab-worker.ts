import type { SamplingOptions } from '@unroll/rnnlm';
import type { Backend } from '@unroll/tensor';
import { TextError } from '@unroll/text';
import { DivergedError, type Evaluation, type TrainingEvent } from '@unroll/training';
import type { HistoryPoint } from './history.ts';
import { Lab, type LabFacts, type NextToken, type SavedLab, type TokenValues } from './lab.ts';
import { LabError, problemOf } from './problem.ts';
import type { LabSettings } from './settings.ts';
import type { NotKeptReason, Shelf, Unreadable } from './shelf.ts';
import { folderFrom, type NamedBytes, zipFolder } from './zip-folder.ts';

/** What a lab shows when it is there. */
export interface LabView {
  readonly facts: LabFacts;
  readonly settings: LabSettings;
  readonly text: string;
  readonly step: number;
  readonly history: readonly HistoryPoint[];
  /** Why the browser does not keep it; undefined if it does, or is not to. */
  readonly notKept?: NotKeptReason;
}

/** Whether the browser keeps the model has changed; training goes on in any case. */
export interface NotKept {
  readonly type: 'not-kept';
  /** Why not; undefined: now it does. */
  readonly reason: NotKeptReason | undefined;
}

/** After an error: the model is again what was kept last. */
export interface WentBack {
  readonly type: 'back';
  readonly view: LabView;
}

/** What there was to go on with. */
export interface Restored {
  readonly view?: LabView;
  readonly unreadable?: Unreadable;
}

export type LabEvent = TrainingEvent | NotKept | WentBack;

/** A function of the page: what it is told arrives by a way of its own. */
type Told<T> = (value: T) => void | Promise<void>;

/** The one model of a worker. */
export class LabWorker {
  readonly #makeBackend: () => Promise<Backend>;
  readonly #breathe: () => Promise<void>;
  readonly #makeShelf: (name: string) => Shelf;
  readonly #shelves = new Map<string, Shelf>();
  #backend: Promise<Backend> | undefined;
  #lab: Lab | undefined;
  /** Of the lab that is there. */
  #id = '';
  /** What was to be kept last and was not. */
  #unkept: SavedLab | undefined;
  /** Why the browser does not keep it, as far as was told. */
  #notKept: NotKeptReason | undefined;
  /** What makes models comes one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param makeShelf where the browser keeps what has this name */
  constructor(
    makeBackend: () => Promise<Backend>,
    breathe: () => Promise<void>,
    makeShelf: (name: string) => Shelf,
  ) {
    this.#makeBackend = makeBackend;
    this.#breathe = breathe;
    this.#makeShelf = makeShelf;
  }

  /** @param name under which the browser keeps it; undefined: it does not */
  create(settings: LabSettings, text: string, name?: string): Promise<LabView> {
    return this.#inTurn(async () =>
      this.#show(Lab.create(settings, text, await this.#ready(), this.#breathe), newId(), name),
    );
  }

  /** Goes on with what the browser has kept under this name, if there is anything, and nothing else was begun meanwhile. */
  restore(name: string): Promise<Restored> {
    return this.#inTurn(async () => {
      if (this.#lab) return { view: viewOf(this.#lab) };
      const kept = await this.#shelfOf(name).read();
      if (kept === undefined) return {};
      if ('reason' in kept) return { unreadable: kept };
      try {
        const lab = await Lab.restore(kept.saved, kept.text, await this.#ready(), this.#breathe);
        return { view: await this.#show(lab, kept.id) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { unreadable: { text: kept.text, reason: problemOf(error) ?? message } };
      }
    });
  }

  /** Without the text if the model does not know it: it can be asked all the same. */
  load(files: readonly NamedBytes[], settings: LabSettings, text: string, name?: string): Promise<LabView> {
    return this.#inTurn(async () => {
      const folder = folderFrom(files);
      const backend = await this.#ready();
      const withText = (text: string) => Lab.fromFolder(folder, settings, text, backend, this.#breathe);
      let lab: Lab;
      try {
        lab = await withText(text);
      } catch (error) {
        if (!isAboutText(error)) throw error;
        lab = await withText('');
      }
      return this.#show(lab, newId(), name);
    });
  }

  /**
   * Gives a model that came without a text one to be trained on.
   * @throws LabError if the text has tokens that the model does not know, or too few
   */
  read(text: string, name?: string): Promise<LabView> {
    return this.#inTurn(async () => {
      const { settings } = this.#there;
      const folder = await this.#there.folder();
      const lab = await Lab.fromFolder(folder, settings, text, await this.#ready(), this.#breathe);
      return this.#show(lab, newId(), name);
    });
  }

  /** From now on it is to be trained for so many steps in all, which the browser keeps, too. While nothing is trained. */
  aimFor(steps: number, name?: string): Promise<LabView> {
    return this.#inTurn(async () => {
      const lab = this.#there;
      lab.aimFor(steps);
      if (name !== undefined) await this.#keep(name, lab, this.#id, await lab.savedAtRest());
      return this.#viewOf(lab);
    });
  }

  /** @throws what ended the run; if `tell` heard of `back`, the model is again what was kept last */
  async run(tell: Told<LabEvent>, name?: string, stopAfter?: number): Promise<void> {
    const lab = this.#there;
    const id = this.#id;
    let told = this.#notKept;
    await allTold(tell, async (tell) => {
      const keep = async (saved: SavedLab): Promise<void> => {
        if (name === undefined) return;
        const reason = await this.#keep(name, lab, id, saved);
        if (reason !== told) tell({ type: 'not-kept', reason });
        told = reason;
      };
      try {
        await lab.run(tell, keep, stopAfter);
      } catch (error) {
        // Whatever comes of that, what ended the run is what is to be told.
        const view = await this.#inTurn(() => this.#goBack(lab, error, name)).catch(() => undefined);
        if (view) tell({ type: 'back', view });
        throw error;
      }
    });
  }

  stop(): void {
    this.#lab?.stop();
  }

  async zipped(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return zipFolder(await this.#there.folder(), name);
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

  #ready(): Promise<Backend> {
    this.#backend ??= this.#makeBackend().catch((error) => {
      this.#backend = undefined; // so that it can be tried again
      throw error;
    });
    return this.#backend;
  }

  #shelfOf(name: string): Shelf {
    const shelf = this.#shelves.get(name) ?? this.#makeShelf(name);
    this.#shelves.set(name, shelf);
    return shelf;
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => {});
    return done;
  }

  /** The model before it is ended first. */
  async #show(lab: Lab, id: string, name?: string): Promise<LabView> {
    await this.#lab?.end();
    try {
      this.#lab?.dispose();
    } catch {
      // Its backend is no more.
    }
    this.#lab = lab;
    this.#id = id;
    this.#unkept = undefined;
    this.#notKept = undefined;
    if (name !== undefined) await this.#keep(name, lab, id, await lab.saved(), true);
    return this.#viewOf(lab);
  }

  /** @returns why the browser does not keep it; undefined if it does */
  async #keep(
    name: string,
    { text }: Lab,
    id: string,
    saved: SavedLab,
    mayReplace = false,
  ): Promise<NotKeptReason | undefined> {
    const reason = await this.#shelfOf(name).keep({ id, saved, text }, mayReplace);
    this.#unkept = reason === undefined ? undefined : saved;
    this.#notKept = reason;
    return reason;
  }

  #viewOf(lab: Lab): LabView {
    return { ...viewOf(lab), ...(this.#notKept && { notKept: this.#notKept }) };
  }

  /** What a run that failed has left does not fit together: steps without their curves, weights that are no numbers. */
  async #goBack(failed: Lab, error: unknown, name?: string): Promise<LabView | undefined> {
    if (this.#lab !== failed || !failed.hasFailed) return undefined; // there is another one by now, or it never began
    const kept = name === undefined ? undefined : await this.#shelfOf(name).read();
    const isKept = kept !== undefined && 'saved' in kept && kept.id === this.#id;
    const saved = this.#unkept ?? (isKept ? kept.saved : undefined);
    if (saved === undefined) return undefined;
    // A backend may be what has failed: a thread of it that died does not come back.
    const broken = DivergedError.isInstance(error) ? undefined : failed.model.backend;
    if (broken) this.#backend = undefined;
    const lab = await Lab.restore(saved, failed.text, await this.#ready(), this.#breathe);
    const [unkept, notKept] = [this.#unkept, this.#notKept];
    await this.#show(lab, this.#id);
    if (broken && 'dispose' in broken && typeof broken.dispose === 'function') broken.dispose();
    this.#unkept = unkept;
    this.#notKept = notKept;
    return this.#viewOf(lab);
  }
}

/** Is it the text that is wrong, and not the model? */
function isAboutText(error: unknown): boolean {
  const names = ['noWords', 'textTooShort', 'unknownTokens'];
  return TextError.isInstance(error) || (error instanceof LabError && names.includes(error.problem.name));
}

function viewOf({ facts, settings, text, step, history }: Lab): LabView {
  return { facts, settings, text, step, history: [...history] };
}

/** Not for secrets: only so that two labs of one browser have not the same. */
const newId = (): string => `${Date.now()}-${Math.random()}`;

/** Ends when the page has heard the last that there is to hear, which an answer might overtake. */
async function allTold<T>(tell: Told<T>, act: (tell: (value: T) => void) => Promise<void>): Promise<void> {
  let last: unknown;
  try {
    await act((value) => {
      last = tell(value);
    });
  } finally {
    await last;
  }
}
