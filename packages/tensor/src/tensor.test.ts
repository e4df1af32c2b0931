import { beforeEach, describe, expect, test } from 'vitest';
import { tensor, zeros } from './create.ts';
import { ShapeError, StateError } from './errors.ts';
import { ReferenceBackend } from './reference/reference-backend.ts';
import { Tensor } from './tensor.ts';

const backend = new ReferenceBackend();
const count = (size: number) => Array.from({ length: size }, (_, i) => i);
const values = async (x: Tensor) => Array.from(await x.read());

/** (N, T, D) = (2, 3, 4), counting from 0: element [n, t, d] is 12n + 4t + d */
let x: Tensor;
/** (N, T) = (2, 3), counting from 0 */
let ids: Tensor;

beforeEach(() => {
  x = tensor(backend, count(24), [2, 3, 4]);
  ids = tensor(backend, count(6), [2, 3], 'i32');
});

describe('a tensor', () => {
  test('is a matrix of N * T rows and D columns', () => {
    expect([x.size, x.rows, x.cols]).toEqual([24, 6, 4]);
    expect([ids.size, ids.rows, ids.cols]).toEqual([6, 2, 3]);
    const b = zeros(backend, [5]);
    expect([b.size, b.rows, b.cols]).toEqual([5, 1, 5]);
  });

  test('keeps its shape, whatever becomes of the array that it was made from', () => {
    const shape = [2, 3];
    const made = zeros(backend, shape);
    shape[0] = 200;
    expect(made.shape).toEqual([2, 3]);
    expect(zeros(backend, [2, 3]).shape).toEqual(made.shape);
  });

  test('knows where its rows start', () => {
    expect(Array.from(x.rowStarts)).toEqual([0, 4, 8, 12, 16, 20]);
    expect(Array.from(x.at(1).rowStarts)).toEqual([4, 16]);
    expect(Array.from(x.slice(1, 3).columns(1, 3).rowStarts)).toEqual([5, 9, 17, 21]);
    expect(Array.from(x.reversed.rowStarts)).toEqual([8, 4, 0, 20, 16, 12]);
    expect(Array.from(zeros(backend, [5]).rowStarts)).toEqual([0]);
  });

  test('has the type of its memory', () => {
    expect([x.dtype, ids.dtype]).toEqual(['f32', 'i32']);
  });
});

describe('a view', () => {
  test('at(t) is one step of every sequence', async () => {
    expect(x.at(1).shape).toEqual([2, 4]);
    expect(await values(x.at(1))).toEqual([4, 5, 6, 7, 16, 17, 18, 19]);
    expect(ids.at(2).shape).toEqual([2]);
    expect(await values(ids.at(2))).toEqual([2, 5]);
  });

  test('slice(start, end) is some steps of every sequence', async () => {
    expect(x.slice(1, 3).shape).toEqual([2, 2, 4]);
    expect(await values(x.slice(1, 3))).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23]);
    expect(await values(ids.slice(0, 2))).toEqual([0, 1, 3, 4]);
  });

  test('columns(start, end) is some columns of every row', async () => {
    expect(x.columns(3, 4).shape).toEqual([2, 3, 1]);
    expect(await values(x.columns(3, 4))).toEqual([3, 7, 11, 15, 19, 23]);
    expect(await values(zeros(backend, [5]).columns(1, 3))).toEqual([0, 0]);
  });

  test('reversed reads every sequence from its end', async () => {
    expect(x.reversed.shape).toEqual([2, 3, 4]);
    expect(await values(x.reversed.columns(0, 1))).toEqual([8, 4, 0, 20, 16, 12]);
    expect(await values(ids.reversed)).toEqual([2, 1, 0, 5, 4, 3]);
    expect(await values(x.reversed.reversed)).toEqual(count(24));
  });

  test('T exchanges rows and columns: (N, T, D) becomes (D, N, T)', async () => {
    expect([x.T.shape, x.T.rows, x.T.cols]).toEqual([[4, 2, 3], 4, 6]);
    expect((await values(x.T)).slice(0, 7)).toEqual([0, 4, 8, 12, 16, 20, 1]);
    expect(await values(ids.T)).toEqual([0, 3, 1, 4, 2, 5]);
  });

  test('of a view is a view of the same memory', async () => {
    const corner = x.slice(1, 3).at(1).columns(2, 4);
    expect(corner.storage).toBe(x.storage);
    expect(await values(corner)).toEqual([10, 11, 22, 23]);
    corner.write([-1, -2, -3, -4]);
    expect((await values(x)).slice(10, 12)).toEqual([-1, -2]);
    expect((await values(x)).slice(22)).toEqual([-3, -4]);
  });

  test('is made once, so that a loop over time makes no garbage', () => {
    expect(x.at(1)).toBe(x.at(1));
    expect(x.slice(0, 2)).toBe(x.slice(0, 2));
    expect(x.columns(0, 2)).toBe(x.columns(0, 2));
    expect(x.reversed).toBe(x.reversed);
    expect(x.T).toBe(x.T);
    expect(x.T.T).toBe(x);
    expect(x.at(1).rowStarts).toBe(x.at(1).rowStarts);
  });

  test('with other bounds is another view', () => {
    const views = [
      x.at(0),
      x.at(1),
      x.slice(0, 1),
      x.slice(0, 2),
      x.slice(1, 2),
      x.columns(0, 1),
      x.columns(0, 2),
    ];
    expect(new Set(views).size).toBe(views.length);
  });
});

describe('a view is refused', () => {
  test.each([-1, 3, 0.5, Number.NaN])('at step %s, which the tensor does not have', (t) => {
    expect(() => x.at(t)).toThrow(ShapeError);
    expect(() => x.at(t)).toThrow(
      `Tensor.at: expected steps within 0 to 3, got ${t} to ${t + 1} of (2, 3, 4)`,
    );
  });

  test.each([
    [-1, 2],
    [2, 2],
    [2, 1],
    [0, 4],
    [0.5, 2],
    [0, 1.5],
    [Number.NaN, 2],
    [0, Number.NaN],
  ])('from step %s to %s', (start, end) => {
    expect(() => x.slice(start, end)).toThrow(
      `Tensor.slice: expected steps within 0 to 3, got ${start} to ${end} of (2, 3, 4)`,
    );
  });

  test.each([
    [-1, 2],
    [2, 2],
    [0, 5],
    [0.5, 2],
    [0, 1.5],
    [0, Number.NaN],
  ])('from column %s to %s', (start, end) => {
    expect(() => x.columns(start, end)).toThrow(
      `Tensor.columns: expected 0 <= start < end <= 4 on a tensor that is not transposed, got ${start} to ${end} of (2, 3, 4)`,
    );
  });

  test('of the time of a transposed tensor or of one without time', () => {
    expect(() => x.T.at(0)).toThrow('Tensor.at: expected (N, T) or (N, T, D), got (4, 2, 3), transposed');
    expect(() => x.T.columns(0, 1)).toThrow(ShapeError);
    expect(() => x.T.reversed).toThrow(ShapeError);
    expect(() => zeros(backend, [5]).slice(0, 1)).toThrow('expected (N, T) or (N, T, D), got (5)');
    expect(() => zeros(backend, [5]).T).toThrow('Tensor.T: expected two or three axes, got (5)');
  });
});

describe('reading and writing', () => {
  test('item is the only element of a tensor of one', async () => {
    expect(await tensor(backend, [2.5], [1]).item()).toBe(2.5);
    await expect(x.item()).rejects.toThrow('Tensor.item: expected one element, got (2, 3, 4); use read()');
  });

  test('write takes as many values as there are elements', () => {
    expect(() => x.write([1, 2])).toThrow('Tensor.write: expected 24 values for (2, 3, 4), got 2');
  });
});

describe('dispose', () => {
  test('gives the memory back for every view of it, and may be called again', async () => {
    const view = x.at(1);
    const before = backend.bytes;
    view.dispose();
    expect(backend.bytes).toBe(before - 24 * 4);
    x.dispose();
    expect(backend.bytes).toBe(before - 24 * 4);
    await expect(x.read()).rejects.toThrow(StateError);
    expect(() => view.write(count(8))).toThrow("write: this tensor's memory was given back");
  });
});

describe('the reference backend', () => {
  test('refuses memory of another backend', () => {
    const storage = { dtype: 'f32', length: 3, freed: false } as const;
    const foreign = new Tensor(backend, storage, [3]);
    expect(() => backend.fill(foreign, 1)).toThrow(StateError);
    expect(() => backend.free(storage)).toThrow('expected memory of the reference backend');
  });
});
