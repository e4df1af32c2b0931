import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TimeRNN } from '@unroll/layers';
import { ReferenceBackend, tensor } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { generated, root } from '../build/root.ts';
import type { Trace } from '../build/trace.ts';
import { checkBroken } from './concepts/broken-gradient.ts';
import { descend } from './concepts/cliff.ts';
import { cliffLoss } from './concepts/cliff-map.ts';
import { gradientDistances } from './concepts/gradient-distance.ts';
import { guess } from './concepts/guesses.ts';
import { masks } from './concepts/masks.ts';
import { blocksOf } from './concepts/streams.ts';
import { textBlock } from './concepts/text-blocks.ts';
import { tiedWeights } from './concepts/tied.ts';
import { play } from './play.ts';
import { scenarios } from './scenarios/index.ts';
import { unrolledLstm } from './unrolled-lstm.ts';
import { isTensor } from './watched.ts';

/** Other numbers than these, as possible as they are: ids stay ids, and a label that does not count still does not. */
const others = (values: readonly number[]): number[] =>
  values.every(Number.isInteger)
    ? values.map((value) => (value < 0 ? value : value === 0 ? 1 : 0))
    : values.map((value) => value * 2 + 0.1);

describe.each(Object.entries(scenarios))('the scenario %s', (_, scenario) => {
  it('makes the same calls whatever its numbers are', async () => {
    const played = await play(scenario);
    const changes = Object.entries(played.given).map(([name, { values }]) => [name, others(values)] as const);
    const changed = await play(scenario, Object.fromEntries(changes));
    expect(JSON.stringify(changed.forward)).not.toBe(JSON.stringify(played.forward)); // it did change
    for (const pass of ['forward', 'backward'] as const) {
      expect(changed[pass].map(({ operation }) => operation)).toEqual(
        played[pass].map(({ operation }) => operation),
      );
      expect(played[pass].length).toBeGreaterThan(0);
    }
  });
});

/** Made where pages are made: its lines are those of sources that nothing has transformed. */
const traceOf = (name: string): Trace =>
  JSON.parse(readFileSync(join(generated, 'traces.json'), 'utf8'))[name];

describe('a trace', () => {
  const trace = traceOf('time-lstm');

  it('leads each call to the line that makes it', () => {
    const lines = readFileSync(join(root, 'packages/layers/src/time-lstm.ts'), 'utf8').split('\n');
    const texts = trace.forward.map(({ sites }) => {
      const site = sites.find(({ file }) => file.endsWith('time-lstm.ts'));
      return lines[(site?.line ?? 0) - 1].trim();
    });
    expect(texts.slice(2, 5)).toEqual([
      expect.stringContaining('backend.affine(gates'),
      expect.stringContaining('backend.addmm(gates.at(t)'),
      expect.stringContaining('backend.lstmCell(hs'),
    ]);
    expect(trace.forward[3].names).toEqual(['gates[:, t]', 'hs[:, t]', 'Wh']);
  });
});

describe('what is seen of a layer', () => {
  it('is what the layer computes: the steps of an LSTM follow its formulas', async () => {
    const played = await play(scenarios['time-lstm']);
    const steps = unrolledLstm(played);
    expect(steps).toHaveLength(4);
    for (const [t, { forward, cBefore, backward }] of steps.entries()) {
      const { f, g, i, o, c, h } = forward;
      for (const k of [0, 1, 2]) {
        expect(c[k]).toBeCloseTo(f[k] * cBefore[k] + g[k] * i[k], 6);
        expect(h[k]).toBeCloseTo(o[k] * Math.tanh(c[k]), 6);
        // What goes on back is dc times f: and dc is what came from later plus what h brings.
        const later = steps[t + 1]?.backward.dc[k] ?? 0;
        const dc = later + backward.dh[k] * o[k] * (1 - Math.tanh(c[k]) ** 2);
        expect(backward.dc[k]).toBeCloseTo(dc * f[k], 6);
      }
    }
  });

  it('marks what a call has changed', async () => {
    const { forward } = await play(scenarios['time-affine']);
    const [out, x] = forward[0].operands.filter(isTensor);
    expect(out.before).not.toEqual(out.values);
    expect(x.before).toEqual(x.values);
  });
});

describe('pictures', () => {
  it('of gradients: that of an RNN vanishes, that of an LSTM with open gates does not', async () => {
    const { rnn, lstm } = await gradientDistances({ scale: 1, forgetBias: 3, seed: 1 });
    expect(rnn[99]).toBeLessThan(1e-12);
    expect(lstm[99]).toBeGreaterThan(1e-3);
    const closed = await gradientDistances({ scale: 1, forgetBias: 0, seed: 1 });
    expect(closed.lstm[99]).toBeLessThan(1e-12);
  });

  it('of streams: each goes on where it stopped', () => {
    const [first, second] = blocksOf('a text of some length, as it is', 3, 4, 2);
    expect(second.streams.map(([place]) => place)).toEqual(first.streams.map((places) => places[3] + 1));
  });

  it('of blocks: rows go on from block to block, and targets are one token ahead', () => {
    const options = { length: 26, batchSize: 3, timeSize: 4 };
    const [first, second] = [0, 1].map((block) => textBlock({ ...options, block }));
    expect(first.xs).toEqual({ shape: [3, 4], values: [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19] });
    expect(second.xs.values).toEqual(first.xs.values.map((id) => id + 4));
    expect(second.ts.values).toEqual(second.xs.values.map((id) => (id + 1) % 26));
    expect([first.stepsPerEpoch, second.position]).toEqual([2, 8]);
    expect(() => textBlock({ length: 12, batchSize: 3, timeSize: 4, block: 0 })).toThrow(
      'expected at least 13 tokens',
    );
  });

  it('of the cliff: its map is what the layer computes, and clipping comes down', async () => {
    const backend = new ReferenceBackend();
    const f64 = (values: number[], shape: number[]) => tensor(backend, values, shape, 'f64');
    const layer = new TimeRNN(f64([0], [1, 1]), f64([1.7], [1, 1]), f64([-0.4], [1]), { stateful: true });
    layer.setState(f64([0.5], [1, 1]));
    const [h] = await layer
      .forward(f64(Array(8).fill(0), [1, 8, 1]))
      .at(7)
      .read();
    expect(cliffLoss(1.7, -0.4)).toBeCloseTo((h - 0.2) ** 2, 12);
    const options = { w: 1.75, b: -0.75, lr: 0.2, count: 60 };
    const [free, clipped] = await Promise.all([descend(options), descend({ ...options, maxGrad: 0.5 })]);
    expect(clipped[60].loss).toBeLessThan(0.01);
    expect(free[60].loss).toBeGreaterThan(0.5);
  });

  it('of a guess: probabilities add up, and who knows nothing pays ln V', async () => {
    const { probabilities, loss, perplexity } = await guess([0, 0, 0, 0, 0, 0], 1);
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(loss).toBeCloseTo(Math.log(6), 12);
    expect(perplexity).toBeCloseTo(6, 12);
  });

  it('of tied weights: both uses add to one gradient', async () => {
    const { embedding, output, fromEmbedding, fromOutput, together } = await tiedWeights(1, 3, { 0: 9 });
    expect(embedding.values[0]).toBe(9);
    expect(output.values[0]).toBe(9);
    expect(together.values[4]).toBeCloseTo(fromEmbedding.values[4] + fromOutput.values[4], 6);
    expect(fromEmbedding.values.filter((value) => value !== 0)).toHaveLength(3); // one row of three
  });

  it('of dropout: each kind drops what it says', async () => {
    const { each, locked, words, weights } = await masks(0.5, 0);
    const rows = ({ values, cols }: typeof each) =>
      Array.from({ length: values.length / cols }, (_, row) =>
        values.slice(row * cols, (row + 1) * cols).join(),
      );
    expect(new Set(rows(each)).size).toBe(20);
    expect(new Set(rows(locked)).size).toBe(1);
    expect(new Set(rows(words)).size).toBe(2); // all of a word, or nothing
    expect(new Set(weights.values)).toEqual(new Set([0, 2]));
    expect((await masks(0.5, 1)).each.values).not.toEqual(each.values);
  });
});

describe('a backward pass with lines left out', () => {
  it('is right as it is', async () => {
    expect(Math.max(...Object.values(await checkBroken(new Set())))).toBeLessThan(1e-6);
  });

  it('is caught, whichever line it is', async () => {
    const { backward } = traceOf('time-lstm');
    const lineOf = (call: number) =>
      backward[call].sites.find(({ file }) => file.endsWith('time-lstm.ts'))?.line;
    const lines = new Set(backward.map((_, call) => lineOf(call)));
    expect(lines.size).toBe(8);
    for (const line of lines) {
      const calls = new Set(backward.flatMap((_, call) => (lineOf(call) === line ? [call] : [])));
      expect(Math.max(...Object.values(await checkBroken(calls))), `line ${line}`).toBeGreaterThan(1e-3);
    }
  });
});
