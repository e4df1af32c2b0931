import { Random, ValueError } from '@unroll/tensor';
import { describe, expect, it } from 'vitest';
import { type SamplingOptions, sampleId } from './sampling.ts';

const probabilities = [0.05, 0.3, 0.1, 0.35, 0.15, 0.05];
const scores = probabilities.map((p) => Math.log(p) + 3);
const DRAWS = 20_000;

/** How often each id was drawn. */
function drawn(options: SamplingOptions, from: readonly number[] = scores): number[] {
  const random = new Random(31);
  const counts = new Array<number>(from.length).fill(0);
  for (let draw = 0; draw < DRAWS; draw++) counts[sampleId(from, options, random)]++;
  return counts;
}

/**
 * Holds counts against probabilities by Pearson's chi squared: above this bound, for up to five degrees of freedom, it
 * comes once in more than ten thousand times by chance. An id of probability 0 must not be drawn at all.
 */
function expectDistribution(counts: readonly number[], weights: readonly number[]): void {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let chiSquared = 0;
  for (const [id, weight] of weights.entries()) {
    const expected = (DRAWS * weight) / total;
    if (weight === 0) expect(counts[id], `id ${id}`).toBe(0);
    else chiSquared += (counts[id] - expected) ** 2 / expected;
  }
  expect(chiSquared).toBeLessThan(26);
}

describe('sampleId', () => {
  it('draws every id as often as softmax says', () => {
    expectDistribution(drawn({}), probabilities);
  });

  it('is told apart from another distribution by that test', () => {
    expect(() => expectDistribution(drawn({}), [0.06, 0.3, 0.1, 0.34, 0.15, 0.05])).toThrow();
  });

  it('divides scores by the temperature', () => {
    for (const temperature of [0.5, 2]) {
      expectDistribution(
        drawn({ temperature }),
        probabilities.map((p) => p ** (1 / temperature)),
      );
    }
  });

  it('takes the best at a temperature of 0, without drawing, and the first among equals', () => {
    const random = new Random(1);
    expect(sampleId(scores, { temperature: 0 }, random)).toBe(3);
    expect(sampleId([1, 5, 5, 2], { temperature: 0 }, random)).toBe(1);
    expect(sampleId(scores, { temperature: 0, skipIds: [3] }, random)).toBe(1);
    expect(random.state.drawn).toBe(0);
  });

  it('stays a number at temperatures near 0', () => {
    expect(sampleId(scores, { temperature: 1e-300 }, new Random(1))).toBe(3);
  });

  it('keeps the k best with topK, and the best alone with topK 1', () => {
    expectDistribution(drawn({ topK: 3 }), [0, 0.3, 0, 0.35, 0.15, 0]);
    expectDistribution(drawn({ topK: 1 }), [0, 0, 0, 1, 0, 0]);
    expectDistribution(drawn({ topK: 100 }), probabilities);
  });

  it('keeps as few of the best as reach topP', () => {
    expectDistribution(drawn({ topP: 0.3 }), [0, 0, 0, 1, 0, 0]);
    expectDistribution(drawn({ topP: 0.5 }), [0, 0.3, 0, 0.35, 0, 0]);
    expectDistribution(drawn({ topP: 0.7 }), [0, 0.3, 0, 0.35, 0.15, 0]);
    expectDistribution(drawn({ topP: 1 }), probabilities);
  });

  it('takes topP of what topK leaves', () => {
    // Of the best two, 0.35 and 0.3, the first has 0.54.
    expectDistribution(drawn({ topK: 2, topP: 0.5 }), [0, 0, 0, 1, 0, 0]);
    expectDistribution(drawn({ topK: 2, topP: 0.6 }), [0, 0.3, 0, 0.35, 0, 0]);
  });

  it('never draws what is skipped and leaves the rest in proportion', () => {
    expectDistribution(drawn({ skipIds: [3, 0] }), [0, 0.3, 0.1, 0, 0.15, 0.05]);
    expectDistribution(drawn({ skipIds: [3], topK: 2 }), [0, 0.3, 0, 0, 0.15, 0]);
  });

  it('can tell great scores apart: only their differences count', () => {
    expectDistribution(
      drawn(
        {},
        probabilities.map((p) => Math.log(p) + 1e4),
      ),
      probabilities,
    );
  });

  it('uses one number of its generator for each draw', () => {
    const random = new Random(5);
    sampleId(scores, {}, random);
    sampleId(scores, { topK: 2 }, random);
    expect(random.state.drawn).toBe(2);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses a score of %d',
    (bad) => {
      for (const temperature of [0, 1]) {
        expect(() => sampleId([1, bad, 2], { temperature }, new Random(1))).toThrow(
          new ValueError(`sampleId: expected finite scores, got ${bad} for id 1; did training diverge?`),
        );
      }
    },
  );

  it('refuses to skip everything', () => {
    expect(() => sampleId([1, 2], { skipIds: [0, 1] }, new Random(1))).toThrow(
      new ValueError('sampleId: every token is in skipIds; leave at least one'),
    );
  });

  it.each<[SamplingOptions, string]>([
    [{ temperature: -1 }, 'temperature: expected a number from 0, got -1'],
    [{ temperature: Number.NaN }, 'temperature: expected a number from 0, got NaN'],
    [{ topK: 0 }, 'topK: expected a whole number from 1, got 0'],
    [{ topK: 1.5 }, 'topK: expected a whole number from 1, got 1.5'],
    [{ topP: 0 }, 'topP: expected a number above 0, up to 1, got 0'],
    [{ topP: 1.1 }, 'topP: expected a number above 0, up to 1, got 1.1'],
  ])('refuses %o', (options, message) => {
    expect(() => sampleId(scores, options, new Random(1))).toThrow(new ValueError(message));
  });
});
