import { describe, expect, it } from 'vitest';
import { NoPlaceError, Places } from './places.ts';

const { signal: stays } = new AbortController();

/** Takes places and notes it. */
function take(
  places: Places,
  name: string,
  count: number,
  entered: string[],
  signal = stays,
): Promise<() => void> {
  const taken = places.take(count, signal);
  taken.then(() => entered.push(name)).catch(() => {});
  return taken;
}

const settle = () => new Promise(setImmediate);

describe('Places', () => {
  it('lets in as many as there are places, and the next when some are given back', async () => {
    const [places, entered] = [new Places(3), [] as string[]];
    const giveBack = await take(places, 'a', 2, entered);
    void take(places, 'b', 2, entered);
    await settle();
    expect([entered, places.active, places.queued]).toEqual([['a'], 2, 2]);
    giveBack();
    await settle();
    expect([entered, places.active, places.queued]).toEqual([['a', 'b'], 2, 0]);
  });

  it('lets nobody overtake who needs more places', async () => {
    const [places, entered] = [new Places(3), [] as string[]];
    const giveBack = await take(places, 'a', 2, entered);
    void take(places, 'b', 2, entered);
    void take(places, 'c', 1, entered);
    await settle();
    expect(entered).toEqual(['a']);
    giveBack();
    await settle();
    expect(entered).toEqual(['a', 'b', 'c']);
  });

  it('refuses when as many wait as there are places', async () => {
    const [places, entered] = [new Places(2), [] as string[]];
    await take(places, 'a', 2, entered);
    void take(places, 'b', 2, entered);
    await expect(places.take(1, stays)).rejects.toThrow(
      new NoPlaceError('2 texts are being written, and 2 wait'),
    );
  });

  it('forgets who leaves while waiting, and lets those behind in', async () => {
    const [places, entered] = [new Places(3), [] as string[]];
    const giveBack = await take(places, 'a', 2, entered);
    const leaver = new AbortController();
    const left = take(places, 'b', 2, entered, leaver.signal);
    void take(places, 'c', 1, entered);
    leaver.abort();
    await expect(left).rejects.toThrow('aborted');
    expect([entered, places.active, places.queued]).toEqual([['a', 'c'], 3, 0]);
    giveBack();
    await settle();
    expect(places.active).toBe(1);
  });

  it('keeps the place of who is in when the signal comes late', async () => {
    const places = new Places(1);
    const leaver = new AbortController();
    const first = await places.take(1, stays);
    const second = places.take(1, leaver.signal);
    first();
    const giveBack = await second;
    leaver.abort();
    expect(places.active).toBe(1);
    giveBack();
    expect(places.active).toBe(0);
  });

  it('gives no place to who has left already', async () => {
    await expect(new Places(1).take(1, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});
