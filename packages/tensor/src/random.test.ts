import fixture from '@unroll/fixtures/threefry.json' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { ValueError } from './errors.ts';
import { Random } from './random.ts';

const streams = fixture.cases.filter(({ name }) => name.startsWith('seed-'));

function draw<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('a stream', () => {
  test.each(streams)('gives the words and uniforms of $name', ({ options, expected }) => {
    const { seed = 0, stream = 0 } = options;
    const words = new Random(seed, stream);
    expect(draw(16, () => words.uint32())).toEqual(expected.words.data);
    const uniforms = new Random(seed, stream);
    expect(draw(16, () => uniforms.uniform())).toEqual(expected.uniforms?.data);
  });

  test('was held against reference streams', () => {
    expect(streams.length).toBeGreaterThan(3);
  });

  test('is the same for the same seed, another for another seed or stream', () => {
    const words = (seed: number, stream?: number) => {
      const random = new Random(seed, stream);
      return draw(4, () => random.uint32());
    };
    expect(words(5)).toEqual(words(5, 0));
    expect(words(5, 1)).not.toEqual(words(5, 0));
    expect(words(6)).not.toEqual(words(5));
    expect(words(2 ** 32)).not.toEqual(words(0));
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])('of number %s is refused', (stream) => {
    expect(() => new Random(0, stream)).toThrow(ValueError);
    expect(() => new Random(0, stream)).toThrow(
      `Random: expected a stream from 0 to 2^32 - 1, got ${stream}`,
    );
  });

  test('of a seed that is no whole number is refused', () => {
    expect(() => new Random(-1)).toThrow(ValueError);
  });
});

describe('uniform', () => {
  test('lies from 0 up to 1, evenly', () => {
    const random = new Random(1);
    const values = draw(20_000, () => random.uniform());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(Math.abs(meanOf(values) - 0.5)).toBeLessThan(0.01);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = values.filter((value) => Math.floor(value * 10) === tenth).length / values.length;
      expect(Math.abs(share - 0.1)).toBeLessThan(0.01);
    }
  });
});

describe('normals', () => {
  test('makes two of each pair of words, beginning with a whole pair', () => {
    const [random, words] = [new Random(11, 2), new Random(11, 2)];
    const expected: number[] = [];
    for (let pair = 0; pair < 4; pair++) {
      const [first, second] = [words.uniform(), words.uniform()];
      const [radius, angle] = [Math.sqrt(-2 * Math.log(1 - first)), 2 * Math.PI * second];
      expected.push(3 * radius * Math.cos(angle), 3 * radius * Math.sin(angle));
    }
    const values = new Float64Array(5);
    random.normals(values, 3);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i], 13);
    expect(random.state.drawn).toBe(6);
    random.uint32();
    random.normals(values.subarray(0, 2), 3); // skips what is left of a pair
    expect(random.state.drawn).toBe(10);
  });

  test('has the moments of the normal distribution', () => {
    const values = new Float64Array(100_000);
    new Random(5).normals(values, 2);
    const moment = (power: number) => values.reduce((sum, x) => sum + (x / 2) ** power, 0) / values.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(moment(3)).toBeCloseTo(0, 1);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
    const neighbours = values.reduce((sum, x, i) => (i % 2 ? sum + x * values[i - 1] : sum), 0);
    expect(neighbours / 50_000 / 4).toBeCloseTo(0, 1);
  });
});

describe('normal', () => {
  test('has the moments of the normal distribution', () => {
    const random = new Random(2);
    const values = draw(50_000, () => random.normal());
    const moment = (power: number) => meanOf(values.map((value) => value ** power));
    expect(Math.abs(moment(1))).toBeLessThan(0.02);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03);
    expect(Math.abs(moment(3))).toBeLessThan(0.06);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  test('draws are independent of each other', () => {
    const random = new Random(3);
    const values = draw(50_000, () => random.normal());
    for (const lag of [1, 2]) {
      const products = values.slice(lag).map((value, i) => value * values[i]);
      expect(Math.abs(meanOf(products))).toBeLessThan(0.02);
    }
  });
});

describe('integer', () => {
  test('lies from 0 to n - 1, each as often as the others', () => {
    const random = new Random(4);
    const counts = new Array<number>(7).fill(0);
    for (const value of draw(70_000, () => random.integer(7))) counts[value]++;
    expect(counts).toHaveLength(7);
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(600);
  });

  test('favours no number where 2^32 is no multiple of n', () => {
    // Without drawing again, the lowest third of the numbers would come twice as often as the others.
    const random = new Random(5);
    const n = 3 * 2 ** 30;
    const low = draw(20_000, () => random.integer(n)).filter((value) => value < 2 ** 30).length;
    expect(Math.abs(low / 20_000 - 1 / 3)).toBeLessThan(0.02);
  });

  test('knows 1 and 2^32', () => {
    const random = new Random(6);
    expect(draw(5, () => random.integer(1))).toEqual([0, 0, 0, 0, 0]);
    expect(new Random(7).integer(2 ** 32)).toBe(new Random(7).uint32());
  });

  test.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])('refuses n = %s', (n) => {
    expect(() => new Random(0).integer(n)).toThrow(`Random.integer: expected n from 1 to 2^32, got ${n}`);
  });
});

describe('state', () => {
  test.each([0, 1, 2, 7])('after %d words restores a generator that goes on from there', (drawn) => {
    const random = new Random(8, 3);
    draw(drawn, () => random.uint32());
    const { state } = random;
    expect(state).toEqual({ seed: 8, stream: 3, drawn });
    const restored = Random.restore(JSON.parse(JSON.stringify(state)));
    expect(restored.state).toEqual(state);
    expect(draw(5, () => restored.uint32())).toEqual(draw(5, () => random.uint32()));
  });

  test('does not change with the generator', () => {
    const random = new Random(9);
    const { state } = random;
    random.uint32();
    expect(state.drawn).toBe(0);
    expect(random.state.drawn).toBe(1);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('of %s words drawn is refused', (drawn) => {
    expect(() => Random.restore({ seed: 0, stream: 0, drawn })).toThrow(
      `Random.restore: expected drawn to be a whole number from 0, got ${drawn}`,
    );
  });
});
