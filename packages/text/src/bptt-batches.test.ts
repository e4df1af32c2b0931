import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BpttBatches } from './bptt-batches.ts';
import { TextError } from './text-error.ts';

const count = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i);

function read(batches: BpttBatches, steps: number): { xs: number[][]; ts: number[][] } {
  const { batchSize: N, timeSize: T } = batches;
  const xs: number[][] = [];
  const ts: number[][] = [];
  for (let step = 0; step < steps; step++) {
    const batch = { xs: new Int32Array(N * T), ts: new Int32Array(N * T) };
    batches.next(batch.xs, batch.ts);
    xs.push([...batch.xs]);
    ts.push([...batch.ts]);
  }
  return { xs, ts };
}

/** A text, N and T such that the text holds at least one batch. */
const setting = fc
  .record({ N: fc.integer({ min: 1, max: 7 }), T: fc.integer({ min: 1, max: 7 }), extra: fc.nat(60) })
  .map(({ N, T, extra }) => ({ N, T, ids: count(N * T + 1 + extra) }));

describe('a batch', () => {
  test('holds the next T tokens of each stream, row by row, and their successors', () => {
    const batches = new BpttBatches(count(13), { batchSize: 2, timeSize: 3 });
    expect(batches.stepsPerEpoch).toBe(2);
    expect(read(batches, 2)).toEqual({
      xs: [
        [0, 1, 2, 6, 7, 8],
        [3, 4, 5, 9, 10, 11],
      ],
      ts: [
        [1, 2, 3, 7, 8, 9],
        [4, 5, 6, 10, 11, 12],
      ],
    });
  });

  test('is the same for ids of any width', () => {
    const wide = read(new BpttBatches(count(13), { batchSize: 2, timeSize: 3 }), 5);
    for (const ids of [Uint8Array.from(count(13)), Uint16Array.from(count(13))]) {
      expect(read(new BpttBatches(ids, { batchSize: 2, timeSize: 3 }), 5)).toEqual(wide);
    }
  });

  test('has 20 streams of 35 steps unless told otherwise', () => {
    const batches = new BpttBatches(count(929_589));
    expect([batches.batchSize, batches.timeSize, batches.stepsPerEpoch]).toEqual([20, 35, 1327]);
  });

  test('goes round to the beginning of the text in the middle of a row', () => {
    // dataSize 7, jump 3: the second stream reaches the end after 4 steps; token 7 is only ever a target.
    const batches = new BpttBatches(count(8), { batchSize: 2, timeSize: 3 });
    expect(read(batches, 2)).toEqual({
      xs: [
        [0, 1, 2, 3, 4, 5],
        [3, 4, 5, 6, 0, 1],
      ],
      ts: [
        [1, 2, 3, 4, 5, 6],
        [4, 5, 6, 7, 1, 2],
      ],
    });
  });

  test("is the one that the book's trainer makes, over several epochs", () => {
    fc.assert(
      fc.property(setting, ({ N, T, ids }) => {
        const batches = new BpttBatches(ids, { batchSize: N, timeSize: T });
        const steps = 3 * batches.stepsPerEpoch + 2;

        // RnnlmTrainer.get_batch of "Deep Learning from Scratch 2", with xs = ids[:-1] and ts = ids[1:].
        const dataSize = ids.length - 1;
        const jump = Math.floor(dataSize / N);
        const expected = { xs: [] as number[][], ts: [] as number[][] };
        let timeIndex = 0;
        for (let step = 0; step < steps; step++) {
          const places = Array.from({ length: N * T }, () => 0);
          for (let t = 0; t < T; t++) {
            for (let i = 0; i < N; i++) places[i * T + t] = (i * jump + timeIndex) % dataSize;
            timeIndex++;
          }
          expected.xs.push(places.map((place) => ids[place]));
          expected.ts.push(places.map((place) => ids[place + 1]));
        }
        expect(read(batches, steps)).toEqual(expected);
      }),
    );
  });

  test("is, in the first epoch, the one that the book's eval_perplexity makes", () => {
    fc.assert(
      fc.property(setting, ({ N, T, ids }) => {
        // eval_perplexity of "Deep Learning from Scratch 2", which goes round at the length of the whole corpus.
        const iterations = Math.floor((ids.length - 1) / (N * T));
        const jump = Math.floor((ids.length - 1) / N);
        const expected = { xs: [] as number[][], ts: [] as number[][] };
        for (let iteration = 0; iteration < iterations; iteration++) {
          const places = Array.from(
            { length: N * T },
            (_, at) => iteration * T + Math.floor(at / T) * jump + (at % T),
          );
          expected.xs.push(places.map((place) => ids[place % ids.length]));
          expected.ts.push(places.map((place) => ids[(place + 1) % ids.length]));
        }
        const batches = new BpttBatches(ids, { batchSize: N, timeSize: T });
        expect(batches.stepsPerEpoch).toBe(iterations);
        expect(read(batches, iterations)).toEqual(expected);
      }),
    );
  });

  test('continues each row of the batch before it, so that a hidden state can be carried', () => {
    fc.assert(
      fc.property(setting, ({ N, T, ids }) => {
        const { xs, ts } = read(new BpttBatches(ids, { batchSize: N, timeSize: T }), 6);
        const dataSize = ids.length - 1;
        for (let step = 1; step < xs.length; step++) {
          for (let i = 0; i < N; i++) {
            const last = ts[step - 1][i * T + T - 1];
            expect(xs[step][i * T]).toBe(last === dataSize ? 0 : last);
          }
        }
      }),
    );
  });

  test('never repeats a token within an epoch, and leaves out less than one batch', () => {
    fc.assert(
      fc.property(setting, ({ N, T, ids }) => {
        const batches = new BpttBatches(ids, { batchSize: N, timeSize: T });
        const seen = read(batches, batches.stepsPerEpoch).xs.flat();
        expect(new Set(seen).size).toBe(seen.length);
        expect(ids.length - 1 - seen.length).toBeLessThan(N * T);
      }),
    );
  });

  test('takes the exact shortest text', () => {
    const batches = new BpttBatches(count(7), { batchSize: 2, timeSize: 3 });
    expect(batches.stepsPerEpoch).toBe(1);
    expect(read(batches, 1).ts).toEqual([[1, 2, 3, 4, 5, 6]]);
  });
});

describe('the position', () => {
  test('counts time steps, goes on over the epochs, and resets', () => {
    const batches = new BpttBatches(count(8), { batchSize: 2, timeSize: 3 });
    const first = read(batches, 1);
    read(batches, 9);
    expect(batches.position).toBe(30);
    batches.reset();
    expect(batches.position).toBe(0);
    expect(read(batches, 1)).toEqual(first);
  });

  test('restores the batches that come next, wherever it was taken', () => {
    fc.assert(
      fc.property(setting, fc.nat(40), ({ N, T, ids }, steps) => {
        const batches = new BpttBatches(ids, { batchSize: N, timeSize: T });
        read(batches, steps);
        const restored = new BpttBatches(ids, { batchSize: N, timeSize: T });
        restored.position = batches.position;
        expect(read(restored, 3)).toEqual(read(batches, 3));
      }),
    );
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %s', (position) => {
    const batches = new BpttBatches(count(8), { batchSize: 2, timeSize: 3 });
    expect(() => {
      batches.position = position;
    }).toThrow(new TextError(`BpttBatches.position: expected an integer of at least 0, got ${position}`));
    expect(batches.position).toBe(0);
  });
});

/** Length and rows of each batch, to the end of an epoch. */
function readEpoch(batches: BpttBatches): { xs: number[][]; ts: number[][] }[] {
  const { batchSize: N, epoch } = batches;
  const read: { xs: number[][]; ts: number[][] }[] = [];
  while (batches.epoch === epoch) {
    const T = batches.nextTimeSize;
    const [xs, ts] = [new Int32Array(N * T), new Int32Array(N * T)];
    batches.next(xs, ts);
    const rows = (ids: Int32Array) =>
      Array.from({ length: N }, (_, i) => [...ids.subarray(i * T, (i + 1) * T)]);
    read.push({ xs: rows(xs), ts: rows(ts) });
  }
  return read;
}

const lengthsOf = (epoch: readonly { xs: number[][] }[]) => epoch.map(({ xs }) => xs[0].length);

describe('random lengths', () => {
  const text = count(100_001);
  const make = (seed = 1) => new BpttBatches(text, { batchSize: 4, timeSize: 35, randomLength: true, seed });

  test('are normal around T, now and then around T / 2, and within their bounds', () => {
    const batches = new BpttBatches(count(2_000_001), { batchSize: 2, timeSize: 70, randomLength: true });
    const lengths = lengthsOf(readEpoch(batches)).slice(0, -1);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(90);
    expect(batches.maxTimeSize).toBe(90);
    // Four deviations below one centre and above the other.
    const long = lengths.filter((length) => length > 52);
    expect(long.length / lengths.length).toBeCloseTo(0.95, 2);
    const mean = long.reduce((sum, length) => sum + length, 0) / long.length;
    const variance = long.reduce((sum, length) => sum + (length - mean) ** 2, 0) / long.length;
    expect(mean).toBeCloseTo(70, 0);
    expect(Math.abs(Math.sqrt(variance) - 5)).toBeLessThan(0.2);
    const short = lengths.filter((length) => length <= 52);
    expect(short.reduce((sum, length) => sum + length, 0) / short.length).toBeCloseTo(35, -1);
  });

  test('differ from epoch to epoch and from seed to seed, and are the same when read again', () => {
    const batches = make();
    const [first, second] = [lengthsOf(readEpoch(batches)), lengthsOf(readEpoch(batches))];
    expect(second).not.toEqual(first);
    expect(lengthsOf(readEpoch(make(2)))).not.toEqual(first);
    batches.reset();
    expect(lengthsOf(readEpoch(batches))).toEqual(first);
  });

  test('cover each stream once in an epoch, row after row, up to where the next one began', () => {
    const batches = make();
    for (const epoch of [0, 1]) {
      const read = readEpoch(batches);
      for (let i = 0; i < 4; i++) {
        const row = read.flatMap(({ xs }) => xs[i]);
        expect(row).toEqual([...text.subarray(0, 25_000)].map((id) => (id + (i + epoch) * 25_000) % 100_000));
        expect(read.flatMap(({ ts }) => ts[i])).toEqual(row.map((id) => id + 1));
      }
    }
    expect(batches.position).toBe(50_000);
    expect(batches.epoch).toBe(2);
  });

  test('tell ahead how many batches there will be', () => {
    const batches = make();
    const [first, second] = [readEpoch(batches).length, readEpoch(batches).length];
    expect(batches.stepsPerEpoch).toBe(first);
    expect(batches.stepsIn(2)).toBe(first + second);
    const regular = new BpttBatches(text);
    expect(regular.stepsIn(3)).toBe(3 * regular.stepsPerEpoch);
  });

  test('tell in which epoch so many batches end', () => {
    const [batches, regular] = [make(), new BpttBatches(text)];
    for (const { stepsIn, epochsFor } of [batches, regular].map((b) => ({
      stepsIn: b.stepsIn.bind(b),
      epochsFor: b.epochsFor.bind(b),
    }))) {
      for (const epochs of [1, 2, 7]) {
        expect(epochsFor(stepsIn(epochs))).toBe(epochs);
        expect(epochsFor(stepsIn(epochs) + 1)).toBe(epochs + 1);
      }
    }
  });

  test('are estimated, and not counted, where there are very many', () => {
    const batches = new BpttBatches(text.subarray(0, 101), {
      batchSize: 2,
      timeSize: 20,
      randomLength: true,
    });
    const steps = batches.stepsIn(1e9);
    expect(steps / 1e9).toBeCloseTo(batches.stepsIn(1000) / 1000, 6);
    expect(batches.epochsFor(steps)).toBeCloseTo(1e9, -2);
  });

  test('need no more than the position to go on', () => {
    const whole = make();
    const [first, second] = [readEpoch(whole), readEpoch(whole)];
    let position = 0;
    for (const [i, { xs }] of [...first, ...second].entries()) {
      if (i % 97 === 0 || i === first.length) {
        const restored = make();
        restored.position = position;
        expect(readEpoch(restored)).toEqual(
          i < first.length ? first.slice(i) : second.slice(i - first.length),
        );
      }
      position += xs[0].length;
    }
  });

  test('are refused where they cannot be, and so is a position between two batches', () => {
    const sizes = { batchSize: 4, timeSize: 4 };
    expect(() => new BpttBatches(text, { ...sizes, randomLength: true })).toThrow(
      new TextError('BpttBatches: expected timeSize to be an integer of at least 5, got 4'),
    );
    expect(new BpttBatches(text, sizes).timeSize).toBe(4);
    expect(() => new BpttBatches(text, { seed: -1 })).toThrow('expected seed to be an integer of at least 0');
    const batches = make();
    expect(() => {
      batches.position = 1;
    }).toThrow(
      new TextError(
        'BpttBatches.position: expected where a batch begins, got 1; is it of another text, size or seed?',
      ),
    );
    expect(batches.position).toBe(0);
  });

  test('take the exact shortest text, as one batch of at most what there is', () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const batches = new BpttBatches(count(11), { batchSize: 2, timeSize: 5, randomLength: true, seed });
        expect(readEpoch(batches).flatMap(({ xs }) => xs[1])).toEqual([5, 6, 7, 8, 9]);
      }),
    );
  });
});

describe('random starts', () => {
  const text = count(1001);
  const make = (options = {}) =>
    new BpttBatches(text, { batchSize: 3, timeSize: 10, randomStart: true, seed: 1, ...options });

  test('begin each epoch elsewhere, with the streams as far apart as ever', () => {
    const batches = make();
    const starts = [0, 1, 2].map(() => readEpoch(batches)[0].xs.map(([id]) => id));
    expect(new Set(starts.flat()).size).toBe(9);
    for (const [first, second, third] of starts) {
      expect([(first + 333) % 1000, (first + 666) % 1000]).toEqual([second, third]);
    }
    expect(readEpoch(make({ seed: 2 }))[0].xs).not.toEqual(readEpoch(make())[0].xs);
  });

  test('say that rows do not continue at the beginning of an epoch, and do elsewhere', () => {
    const batches = make();
    for (let step = 0; step < 2 * batches.stepsPerEpoch; step++) {
      expect(batches.continues).toBe(step % batches.stepsPerEpoch !== 0);
      batches.next(new Int32Array(30), new Int32Array(30));
    }
    expect(new BpttBatches(text).continues).toBe(true);
  });

  test('read on within an epoch, no token twice, also with random lengths and from any position', () => {
    for (const randomLength of [false, true]) {
      const batches = make({ randomLength });
      const epochs = [readEpoch(batches), readEpoch(batches)];
      for (const epoch of epochs) {
        for (let i = 0; i < 3; i++) {
          const row = epoch.flatMap(({ xs }) => xs[i]);
          for (let t = 1; t < row.length; t++) expect(row[t]).toBe((row[t - 1] + 1) % 1000);
        }
        const all = epoch.flatMap(({ xs }) => xs.flat());
        expect(new Set(all).size).toBe(all.length);
      }
      const restored = make({ randomLength });
      restored.position = lengthsOf(epochs[0]).reduce((sum, length) => sum + length, 0);
      expect(readEpoch(restored)).toEqual(epochs[1]);
    }
  });
});

describe('an error', () => {
  test('says how many tokens are needed and what to change, for a text shorter than one batch', () => {
    expect(() => new BpttBatches(count(700))).toThrow(
      new TextError(
        'BpttBatches: expected at least 701 tokens for batchSize 20 and timeSize 35, got 700. ' +
          'Use a longer text, or a smaller batchSize or timeSize.',
      ),
    );
    expect(() => new BpttBatches(count(0), { batchSize: 1, timeSize: 1 })).toThrow('at least 2 tokens');
    expect(() => new BpttBatches(count(1), { batchSize: 1, timeSize: 1 })).toThrow('at least 2 tokens');
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('says that no size can be %s', (size) => {
    expect(() => new BpttBatches(count(100), { batchSize: size })).toThrow(
      `BpttBatches: expected batchSize to be an integer of at least 1, got ${size}`,
    );
    expect(() => new BpttBatches(count(100), { timeSize: size })).toThrow(
      `BpttBatches: expected timeSize to be an integer of at least 1, got ${size}`,
    );
  });

  test('says which buffers were expected, and nothing moves', () => {
    const batches = new BpttBatches(count(13), { batchSize: 2, timeSize: 3 });
    expect(() => batches.next(new Int32Array(6), new Int32Array(5))).toThrow(
      new TextError('BpttBatches.next: expected xs and ts (2, 3) of 6 ids each, got 6 and 5'),
    );
    expect(() => batches.next(new Int32Array(7), new Int32Array(6))).toThrow(TextError);
    expect(batches.position).toBe(0);
  });
});
