import { expect, it } from 'vitest';
import type { SavedLab } from './lab.ts';
import { defaults } from './settings.ts';
import { type Kept, Shelf, type Store } from './shelf.ts';

/** A browser with as many tabs as are asked for. */
class Browser implements Store {
  readonly values = new Map<string, unknown>();
  readonly held = new Set<string>();
  refuses = (_name: string): boolean => false;

  readonly locks = {
    request: async (
      name: string,
      options: { ifAvailable?: boolean; signal?: AbortSignal },
      act: (lock: object | null) => unknown,
    ) => {
      if (this.held.has(name)) {
        if (options.ifAvailable) return act(null);
        throw Object.assign(new Error('too long'), { name: 'TimeoutError' });
      }
      this.held.add(name);
      await act({});
      this.held.delete(name);
    },
  } as unknown as LockManager;

  async getMany<T>(names: string[]): Promise<(T | undefined)[]> {
    return names.map((name) => this.values.get(name) as T | undefined);
  }
  set(name: string, value: unknown): Promise<void> {
    return this.setMany([[name, value]]);
  }
  async setMany(entries: [string, unknown][]): Promise<void> {
    if (entries.some(([name]) => this.refuses(name))) throw new Error('QuotaExceededError');
    for (const [name, value] of entries) this.values.set(name, value);
  }
  async delMany(names: string[]): Promise<void> {
    for (const name of names) this.values.delete(name);
  }
}

const kept = (id: string, text: string): Kept => ({
  ...{ id, text },
  saved: { settings: defaults } as unknown as SavedLab,
});

it('gives back what it was given, the newest', async () => {
  const browser = new Browser();
  const shelf = new Shelf('lab', browser, browser.locks);
  expect(await shelf.read()).toBeUndefined();
  expect(await shelf.keep(kept('a', 'first'))).toBeUndefined();
  expect(await shelf.keep(kept('b', 'second'))).toBeUndefined();
  expect(await new Shelf('lab', browser, browser.locks).read()).toEqual(kept('b', 'second'));
});

it('is the first tab that keeps something, until that is closed', async () => {
  const browser = new Browser();
  const [first, second] = [1, 2].map(() => new Shelf('lab', browser, browser.locks));
  await first.keep(kept('a', 'mine'));
  expect(await second.keep(kept('b', 'yours'), true)).toBe('another-tab');
  await second.clear();
  expect(await first.read()).toEqual(kept('a', 'mine'));
  browser.held.clear(); // the first tab is closed
  expect(await second.keep(kept('b', 'yours'), true)).toBeUndefined();
  expect(await second.read()).toEqual(kept('b', 'yours'));
});

it('leaves what another tab has kept meanwhile, unless somebody wants a new model', async () => {
  const browser = new Browser();
  const [first, second] = [1, 2].map(() => new Shelf('lab', browser, browser.locks));
  await first.keep(kept('a', 'mine'));
  await second.read(); // an older step of the same
  await first.keep(kept('a', 'mine'));
  browser.held.clear(); // the first tab is closed
  expect(await second.keep(kept('a', 'mine'))).toBe('another-tab');
  expect(browser.held.size).toBe(0); // others may have it
  expect(await second.keep(kept('c', 'new'), true)).toBeUndefined();
  expect(await second.read()).toEqual(kept('c', 'new'));
});

it('goes on with what it has read itself', async () => {
  const browser = new Browser();
  await new Shelf('lab', browser, browser.locks).keep(kept('a', 'mine'));
  browser.held.clear(); // a reload
  const again = new Shelf('lab', browser, browser.locks);
  await again.read();
  expect(await again.keep(kept('a', 'mine'))).toBeUndefined();
});

it('keeps the text anew where another tab has taken both away meanwhile', async () => {
  const browser = new Browser();
  await new Shelf('lab', browser, browser.locks).keep(kept('a', 'mine'));
  browser.held.clear(); // a reload, in two tabs
  for (const locks of [browser.locks, null]) {
    const [first, second] = [1, 2].map(() => new Shelf('lab', browser, locks));
    await first.read();
    await second.read();
    await first.clear();
    expect(await second.keep(kept('a', 'mine'))).toBeUndefined();
    expect(await new Shelf('lab', browser, locks).read()).toEqual(kept('a', 'mine'));
    browser.held.clear();
  }
});

it('has nothing to forget where the browser keeps nothing', async () => {
  const browser = new Browser();
  const denied = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  const locks = { request: denied } as unknown as LockManager;
  const none = Object.assign(new Browser(), { getMany: denied, delMany: denied });
  await new Shelf('lab', none, locks).clear();
  await new Shelf('lab', none, null).clear();
  await new Shelf('lab', browser, browser.locks).keep(kept('a', 'mine'));
  await expect(new Shelf('lab', browser, locks).clear()).rejects.toThrow('denied'); // something is left
});

it('forgets what it has', async () => {
  const browser = new Browser();
  const shelf = new Shelf('lab', browser, browser.locks);
  await shelf.keep(kept('a', 'mine'));
  browser.held.clear(); // its worker was ended
  await new Shelf('lab', browser, browser.locks).clear();
  expect(browser.values.size).toBe(0);
  const without = new Shelf('lab', browser, null); // a browser without locks
  await without.keep(kept('b', 'yours'));
  await without.clear();
  expect(browser.values.size).toBe(0);
});

it('tries again after a while where the browser has refused, and at once with another model', async () => {
  const browser = new Browser();
  let now = 1000;
  const shelf = new Shelf('lab', browser, browser.locks, () => now);
  browser.refuses = () => true;
  expect(await shelf.keep(kept('a', 'mine'))).toBe('refused');
  browser.refuses = () => false;
  expect(await shelf.keep(kept('a', 'mine'))).toBe('refused');
  now += 61_000;
  expect(await shelf.keep(kept('a', 'mine'))).toBeUndefined();
  browser.refuses = () => true;
  expect(await shelf.keep(kept('b', 'large'))).toBe('refused');
  browser.refuses = () => false;
  expect(await shelf.keep(kept('c', 'small'), true)).toBeUndefined();
});

it('is refused where the page may not lock', async () => {
  const browser = new Browser();
  const locks = { request: () => Promise.reject(new DOMException('denied', 'SecurityError')) };
  const shelf = new Shelf('lab', browser, locks as unknown as LockManager);
  expect(await shelf.keep(kept('a', 'mine'))).toBe('refused');
});

it('keeps model and text together, or neither', async () => {
  const browser = new Browser();
  const shelf = new Shelf('lab', browser, browser.locks);
  await shelf.keep(kept('a', 'old'));
  browser.refuses = (name) => name.endsWith('text');
  expect(await shelf.keep(kept('b', 'new'))).toBe('refused');
  expect(await shelf.read()).toEqual(kept('a', 'old'));
});

it.each([
  ['of another form', (browser: Browser) => browser.values.set('lab', { settings: {} }), 'keptInOtherForm'],
  [
    'of another lab',
    (browser: Browser) => browser.values.set('lab', { version: 1, id: 'x', saved: {} }),
    'keptApart',
  ],
  [
    'with settings that there are not',
    (browser: Browser) =>
      browser.values.set('lab', {
        ...{ version: 1, id: 'a' },
        saved: { settings: { ...defaults, optimizer: 'no' } },
      }),
    'keptWithoutSettings',
  ],
])('has the text all the same beside a model %s', async (_, damage, name) => {
  const browser = new Browser();
  const shelf = new Shelf('lab', browser, browser.locks);
  await shelf.keep(kept('a', 'my text'));
  damage(browser);
  expect(await shelf.read()).toEqual({ text: 'my text', reason: { name, values: {} } });
});

it('says nothing where the browser does not let it read', async () => {
  const browser = new Browser();
  browser.getMany = () => Promise.reject(new Error('denied'));
  expect(await new Shelf('lab', browser, browser.locks).read()).toBeUndefined();
});
