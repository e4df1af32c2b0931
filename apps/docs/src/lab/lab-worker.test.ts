import { ReferenceBackend, StateError } from '@unroll/tensor';
import { DivergedError } from '@unroll/training';
import { afterEach, describe, expect, it } from 'vitest';
import { type LabEvent, LabWorker } from './lab-worker.ts';
import { LabError } from './problem.ts';
import { defaults, type LabSettings } from './settings.ts';
import type { Kept, NotKeptReason, Shelf, Unreadable } from './shelf.ts';
import { folderFrom } from './zip-folder.ts';

const CAT = 'the cat sat on the mat, and the dog sat on the log. '.repeat(40);
const DOG = 'a dog is not a cat, and a log is not a mat; who would sit? '.repeat(40);
const settings: LabSettings = {
  ...defaults,
  ...{ wordvecSize: 6, hiddenSize: 8, batchSize: 2, timeSize: 8, steps: 400, lr: 0.02 },
};
const NAME = 'lab';

/** What a browser keeps, without a browser. */
class Memory {
  kept: Kept | Unreadable | undefined;
  refuses: NotKeptReason | undefined;
  times = 0;
  async keep(kept: Kept): Promise<NotKeptReason | undefined> {
    if (this.refuses) return this.refuses;
    this.kept = structuredClone(kept);
    this.times++;
    return undefined;
  }
  async read(): Promise<Kept | Unreadable | undefined> {
    return structuredClone(this.kept);
  }
}

const workers: LabWorker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.stop();
});

function make(memory = new Memory(), backend = async () => new ReferenceBackend()): LabWorker {
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
  const worker = new LabWorker(backend, breathe, () => memory as unknown as Shelf);
  workers.push(worker);
  return worker;
}

const collect = (): { events: LabEvent[]; tell: (event: LabEvent) => void } => {
  const events: LabEvent[] = [];
  return { events, tell: (event) => void events.push(event) };
};
const stepsOf = (events: readonly LabEvent[]) =>
  events.flatMap((event) => (event.type === 'step' ? [event] : []));

describe('LabWorker', () => {
  it('keeps model and text at once, and goes on from there', async () => {
    const memory = new Memory();
    const worker = make(memory);
    await worker.create(settings, CAT, NAME);
    expect(memory.kept).toMatchObject({ text: CAT });
    await worker.run(() => {}, NAME, 30);
    const { view } = await make(memory).restore(NAME);
    expect(view).toMatchObject({ step: 30, text: CAT, settings });
    expect(view?.history.at(-1)?.step).toBe(30);
  });

  it('tells why nothing is kept, and when that changes, and trains all the same', async () => {
    const memory = new Memory();
    memory.refuses = 'another-tab';
    const worker = make(memory);
    expect(await worker.create(settings, CAT, NAME)).toMatchObject({ notKept: 'another-tab' });
    const { events, tell } = collect();
    await worker.run(tell, NAME, 5);
    await worker.run(tell, NAME, 5);
    expect(events.filter(({ type }) => type === 'not-kept')).toEqual([]); // it was told with the model
    memory.refuses = undefined;
    await worker.run(tell, NAME, 5);
    expect(events.filter(({ type }) => type === 'not-kept')).toEqual([
      { type: 'not-kept', reason: undefined },
    ]);
    expect(stepsOf(events)).toHaveLength(15);
  });

  it('stops when it is told so at once', async () => {
    const worker = make();
    await worker.create(settings, CAT, NAME);
    const { events, tell } = collect();
    const run = worker.run(tell, NAME);
    worker.stop();
    await run;
    expect(stepsOf(events).length).toBeLessThan(2);
  });

  it('makes one model after the other, and keeps the last', async () => {
    const memory = new Memory();
    const worker = make(memory);
    const all = await Promise.all([
      worker.create(settings, CAT, NAME),
      worker.create(settings, DOG, NAME),
      worker.restore(NAME),
    ]);
    expect(all[2]).toMatchObject({ view: { text: DOG } });
    expect(memory.kept).toMatchObject({ text: DOG });
  });

  it('ends a run, and who waits for an answer, before another model takes its place', async () => {
    const worker = make();
    await worker.create(settings, CAT, NAME);
    const endless = worker.write('the', 1_000_000, { seed: 1 }, () => {}).catch((error: Error) => error);
    await worker.create(settings, DOG, NAME);
    expect(await endless).toMatchObject({ name: 'GoneError', message: '' });
    const run = worker.run(() => {}, NAME);
    const question = worker.next('the', 3).catch((error: Error) => error);
    await worker.create(settings, CAT, NAME);
    await run;
    expect(await question).toMatchObject({ name: 'GoneError' });
    expect(await worker.next('the', 3)).toHaveLength(3);
  });

  it.each([
    ['another backend where a thread of it may have died', new StateError('thread 1 does not answer'), 2],
    ['the same one where the numbers went wrong', new DivergedError(3, 'the loss is NaN'), 1],
  ])('goes back with %s', async (_, failure, backends) => {
    let made = 0;
    const worker = make(new Memory(), async () => {
      made++;
      return new ReferenceBackend();
    });
    await worker.create(settings, CAT, NAME);
    const fail = ({ type }: LabEvent): void => {
      if (type === 'step') throw failure;
    };
    await expect(worker.run(fail, NAME)).rejects.toThrow(failure.message);
    expect(made).toBe(backends);
    const { events, tell } = collect();
    await worker.run(tell, NAME, 2);
    expect(stepsOf(events)).toHaveLength(2);
  });

  it.each([
    ['what was kept', undefined],
    ['what could not be kept', 'refused' as const],
  ])('goes back to %s when a run fails', async (_, refuses) => {
    const memory = new Memory();
    memory.refuses = refuses;
    const worker = make(memory);
    await worker.create({ ...settings, lr: 0.01 }, CAT, NAME);
    await worker.run(() => {}, NAME, 20);
    // No number from here on, in what comes next.
    const { events, tell } = collect();
    let seen = 0;
    const fail = (event: LabEvent): void => {
      tell(event);
      if (event.type === 'step' && ++seen === 3) throw new Error('training diverged');
    };
    await expect(worker.run(fail, NAME)).rejects.toThrow('training diverged');
    const back = events.find(({ type }) => type === 'back');
    expect(back).toMatchObject({ view: { step: 20, text: CAT } });
    const again = collect();
    await worker.run(again.tell, NAME, 2);
    expect(stepsOf(again.events).map(({ step }) => step)).toEqual([21, 22]);
  });

  it('has the text when the model that was kept cannot be read', async () => {
    const memory = new Memory();
    await make(memory).create(settings, CAT, NAME);
    const kept = memory.kept as Kept;
    memory.kept = { ...kept, saved: { ...kept.saved, folder: new Map() } };
    expect(await make(memory).restore(NAME)).toEqual({
      unreadable: { text: CAT, reason: expect.stringContaining('expected a file config.json') },
    });
    memory.kept = { text: DOG, reason: 'of another form' };
    expect(await make(memory).restore(NAME)).toEqual({ unreadable: memory.kept });
    memory.kept = undefined;
    expect(await make(memory).restore(NAME)).toEqual({});
  });

  it('tries again where a backend could not be made', async () => {
    let tries = 0;
    const worker = make(new Memory(), async () => {
      if (tries++ === 0) throw new Error('no memory');
      return new ReferenceBackend();
    });
    await expect(worker.create(settings, CAT)).rejects.toThrow('no memory');
    expect(await worker.create(settings, CAT)).toMatchObject({ text: CAT });
  });

  it('gives out a folder, and takes it in', async () => {
    const worker = make();
    await worker.create(settings, CAT);
    const zip = await worker.zipped('mine');
    const files = [...folderFrom([{ name: 'mine.zip', bytes: zip }])].map(([name, bytes]) => ({
      name,
      bytes,
    }));
    const other = make();
    expect(await other.load(files, settings, CAT)).toMatchObject({ text: CAT, step: 0 });
    await expect(other.load(files.slice(1), settings, CAT)).rejects.toThrow('config.json');
    expect(await other.next('the', 1)).toHaveLength(1); // the model is the one that it was
  });

  it('makes more steps than it was to make, if it is asked to', async () => {
    const memory = new Memory();
    const worker = make(memory);
    await worker.create({ ...settings, steps: 20 }, CAT, NAME);
    await worker.run(() => {}, NAME);
    expect(await worker.aimFor(50, NAME)).toMatchObject({ step: 20, settings: { steps: 50 } });
    expect(await make(memory).restore(NAME)).toMatchObject({ view: { step: 20, settings: { steps: 50 } } });
    await worker.run(() => {}, NAME);
    const { view } = await make(memory).restore(NAME);
    expect(view).toMatchObject({ step: 50, settings: { ...settings, steps: 50 } });
  });

  it('gives a model that came without a text one that it knows, and no other', async () => {
    const memory = new Memory();
    const worker = make(memory);
    await worker.create(settings, CAT, NAME);
    const files = [{ name: 'mine.zip', bytes: await worker.zipped('mine') }];
    const before = await worker.measure();
    expect((await worker.load(files, settings, '한글만 있는 글', NAME)).text).toBe('');
    await expect(worker.read('한글만 있는 글', NAME)).rejects.toThrow(LabError);
    await expect(worker.read('the cat', NAME)).rejects.toThrow('expected at least 17 tokens of text');
    expect((await worker.read(CAT, NAME)).text).toBe(CAT);
    expect(await worker.measure()).toEqual(before);
    expect(memory.kept).toMatchObject({ text: CAT });
  });
});
