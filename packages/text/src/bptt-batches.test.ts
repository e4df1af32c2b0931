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
