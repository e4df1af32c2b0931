import { delMany, getMany, set, setMany } from 'idb-keyval';
import type { SavedLab } from './lab.ts';
import type { Problem } from './problem.ts';
import { isSettings } from './settings.ts';

/** Why the browser does not keep a model. */
export type NotKeptReason = 'refused' | 'another-tab';

export interface Kept {
  /** Of the lab: a model and a text with the same one belong together. */
  readonly id: string;
  readonly saved: SavedLab;
  readonly text: string;
}

/** What is kept cannot be used. The text of the reader is there all the same. */
export interface Unreadable {
  readonly text: string | undefined;
  /** In words only where there are none in every language. */
  readonly reason: Problem | string;
}

/** What a browser stores, as far as it is needed here. */
export interface Store {
  getMany<T>(names: string[]): Promise<(T | undefined)[]>;
  set(name: string, value: unknown): Promise<void>;
  setMany(entries: [string, unknown][]): Promise<void>;
  delMany(names: string[]): Promise<void>;
}

/** Of the form in which a lab is stored: what has another is not read. */
const VERSION = 1;
/** Milliseconds in which a worker that was just ended has given back what it held. */
const LET_GO = 1500;

/** Milliseconds after which it is tried again where the browser has refused. */
const TRY_AGAIN = 60_000;

interface StoredLab {
  readonly version: number;
  readonly id: string;
  /** Another one each time that it is written. */
  readonly written: number;
  readonly saved: SavedLab;
}
interface StoredText {
  readonly id: string;
  readonly text: string;
}

const stored: Store = { getMany, set, setMany, delMany };

/**
 * Where the browser keeps the model of a page, and its text. Tabs share it: the first that keeps a model has it to itself until it is
 * closed, so that no tab writes over what another one trains.
 */
export class Shelf {
  readonly #name: string;
  readonly #store: Store;
  readonly #locks: LockManager | null;
  readonly #now: () => number;
  /** Gives the shelf back; undefined while it is not ours. */
  #letGo: (() => void) | undefined;
  /** Of the lab for which it was waited that another worker lets go. */
  #waitedFor = '';
  /** What this tab has read or written last. */
  #seen: number | undefined;
  /** Of the lab whose text is stored. */
  #textOf: string | undefined;
  #tryAgainAt = 0;

  constructor(
    name: string,
    store: Store = stored,
    locks: LockManager | null = navigator.locks ?? null, // which only a page that came over https has
    now: () => number = Date.now,
  ) {
    this.#name = name;
    this.#store = store;
    this.#locks = locks;
    this.#now = now;
  }

  /**
   * @param mayReplace somebody wants this model in the place of any other: it was just made, or loaded
   * @returns why it is not kept; undefined if it is
   */
  async keep({ id, saved, text }: Kept, mayReplace = false): Promise<NotKeptReason | undefined> {
    if (!mayReplace && this.#now() < this.#tryAgainAt) return 'refused';
    try {
      const wasOurs = this.#letGo !== undefined;
      if (!(await this.#take(id))) return 'another-tab';
      const isOfOthers = !wasOurs && (await this.#writtenByOthers());
      if (isOfOthers && !mayReplace) {
        this.#letGo?.();
        return 'another-tab'; // which is closed by now, but what it has kept is newer than this
      }
      const written = Math.max(this.#now(), (this.#seen ?? 0) + 1);
      const lab: StoredLab = { version: VERSION, id, written, saved };
      if (this.#textOf === id) {
        await this.#store.set(this.#name, lab); // the text, which may be long, is there
      } else {
        await this.#store.setMany([
          [this.#name, lab],
          [textKey(this.#name), { id, text } satisfies StoredText],
        ]);
        this.#textOf = id;
      }
      this.#seen = written;
      this.#tryAgainAt = 0;
      return undefined;
    } catch {
      this.#tryAgainAt = this.#now() + TRY_AGAIN; // full, or not allowed
      return 'refused';
    }
  }

  /** @returns undefined if there is nothing, or the browser does not say */
  async read(): Promise<Kept | Unreadable | undefined> {
    let all: unknown[];
    try {
      all = await this.#store.getMany(this.#names);
    } catch {
      return undefined;
    }
    const [lab, ownText] = all as [Partial<StoredLab> | undefined, Partial<StoredText> | undefined];
    if (lab === undefined && ownText === undefined) return undefined;
    const text = typeof ownText?.text === 'string' ? ownText.text : undefined;
    const unreadable = (name: 'keptInOtherForm' | 'keptApart' | 'keptWithoutSettings'): Unreadable => ({
      text,
      reason: { name, values: {} },
    });
    if (lab?.version !== VERSION || !lab.id || !lab.saved) return unreadable('keptInOtherForm');
    if (text === undefined || lab.id !== ownText?.id) return unreadable('keptApart');
    if (!isSettings(lab.saved.settings)) return unreadable('keptWithoutSettings');
    this.#seen = lab.written;
    this.#textOf = lab.id;
    return { id: lab.id, saved: lab.saved, text };
  }

  /** Forgets what is kept, unless it is another tab's. For the page, when it has ended the worker. */
  async clear(): Promise<void> {
    const forget = (): Promise<void> => this.#store.delMany(this.#names);
    try {
      if (!this.#locks) return await forget();
      await this.#locks.request(this.#name, { signal: AbortSignal.timeout(LET_GO) }, forget);
    } catch (error) {
      if (isTimeout(error)) return;
      if ((await this.read()) !== undefined) throw error; // else the browser keeps nothing, and there is nothing to forget
    }
  }

  get #names(): [lab: string, text: string] {
    return [this.#name, textKey(this.#name)];
  }

  /** Is there a model that this tab has not seen? Another tab may as well have taken the text away. */
  async #writtenByOthers(): Promise<boolean> {
    const [lab, text] = await this.#store.getMany<Partial<StoredLab & StoredText>>(this.#names);
    if (text?.id !== this.#textOf) this.#textOf = undefined;
    return lab !== undefined && lab.written !== this.#seen;
  }

  /** Has this tab the shelf to itself, from now on until it is closed? For each lab it is waited once for a worker that has just ended. */
  #take(id: string): Promise<boolean> {
    const locks = this.#locks;
    if (this.#letGo || !locks) return Promise.resolve(true);
    const options: LockOptions =
      this.#waitedFor === id ? { ifAvailable: true } : { signal: AbortSignal.timeout(LET_GO) };
    this.#waitedFor = id;
    return new Promise((resolve, reject) => {
      locks
        .request(this.#name, options, (lock) => {
          resolve(lock !== null);
          if (!lock) return undefined;
          return new Promise<void>((release) => {
            this.#letGo = () => {
              this.#letGo = undefined;
              release();
            };
          });
        })
        .catch((error) => (isTimeout(error) ? resolve(false) : reject(error)));
    });
  }
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');

/** The text changes less often than the model. */
const textKey = (name: string): string => `${name}, text`;
