import { describe, expect, test } from 'vitest';
import { randn, tensor, zeros } from './create.ts';
import { ShapeError } from './errors.ts';
import { Random } from './random.ts';
import { ReferenceBackend } from './reference/reference-backend.ts';

const backend = new ReferenceBackend();

describe('zeros', () => {
  test('makes a tensor of zeros, of f32 unless told otherwise', async () => {
    expect(await zeros(backend, [2, 2]).read()).toEqual(new Float32Array(4));
    expect(await zeros(backend, [2], 'f64').read()).toEqual(new Float64Array(2));
    expect(await zeros(backend, [2], 'i32').read()).toEqual(new Int32Array(2));
  });

  test.each([[[]], [[0]], [[2, 0]], [[-1]], [[1.5]], [[Number.NaN]], [[1, 1, 1, 1]]])(
    'refuses %j',
    (shape) => {
      expect(() => zeros(backend, shape)).toThrow(ShapeError);
      expect(() => zeros(backend, shape)).toThrow(
        `zeros: expected one to three axes, each a whole number from 1, got (${shape.join(', ')})`,
      );
    },
  );
});

describe('tensor', () => {
  test('holds the values that it is given, row after row', async () => {
    const x = tensor(backend, [1, 2, 3, 4, 5, 6], [3, 2], 'f64');
    expect(await x.at(1).read()).toEqual(new Float64Array([2, 4, 6]));
  });

  test('refuses another number of values, and keeps no memory for it', () => {
    const before = backend.bytes;
    expect(() => tensor(backend, [1, 2, 3], [2, 2])).toThrow('expected 4 values for (2, 2), got 3');
    expect(backend.bytes).toBe(before);
  });
});

describe('randn', () => {
  test('draws from the generator, times the deviation', async () => {
    const random = new Random(3);
    const expected = new Float64Array(2);
    random.normals(expected, 0.1);
    expect(await randn(backend, [2], new Random(3), 0.1, 'f64').read()).toEqual(expected);
    expect(await randn(backend, [2], new Random(3), 0.1).read()).toEqual(new Float32Array(expected));
  });

  test('refuses what is not a shape', () => {
    expect(() => randn(backend, [-1], new Random(3))).toThrow('randn: expected one to three axes');
  });
});
