import { ReferenceBackend, type Tensor, tensor } from '@unroll/tensor';
import { expect, test } from 'vitest';
import { gradientCheck } from './gradient-check.ts';

const backend = new ReferenceBackend();

/** loss = sum of a^3 + a * b */
function cubic(factor: number) {
  const a = tensor(backend, [0.3, -1.2, 2], [3], 'f64');
  const b = tensor(backend, [1.5, 0.7, -0.4], [3], 'f64');
  const read = async (x: Tensor) => Array.from(await x.read());
  return {
    values: { a, b },
    loss: async () => {
      const [as, bs] = [await read(a), await read(b)];
      return as.reduce((sum, x, i) => sum + x ** 3 + x * bs[i], 0);
    },
    gradients: async () => {
      const [as, bs] = [await read(a), await read(b)];
      return {
        a: Float64Array.from(as, (x, i) => factor * 3 * x ** 2 + bs[i]),
        b: Float64Array.from(as),
      };
    },
  };
}

test('a right gradient differs by less than 1e-8', async () => {
  const errors = await gradientCheck(cubic(1));
  expect(Object.keys(errors)).toEqual(['a', 'b']);
  expect(errors.a).toBeLessThan(1e-8);
  expect(errors.b).toBeLessThan(1e-8);
});

test('a wrong gradient is reported under its name, and only there', async () => {
  const errors = await gradientCheck(cubic(1.001));
  expect(errors.a).toBeGreaterThan(5e-4);
  expect(errors.b).toBeLessThan(1e-8);
});

test('a gradient that is NaN is reported', async () => {
  const errors = await gradientCheck(cubic(Number.NaN));
  expect(errors.a).toBeNaN();
});

test('the values are afterwards as they were', async () => {
  const check = cubic(1);
  await gradientCheck(check);
  expect(await check.values.a.read()).toEqual(new Float64Array([0.3, -1.2, 2]));
});

test('a gradient of zeros for a loss that does not move is right', async () => {
  const a = tensor(backend, [1, 2], [2], 'f64');
  const errors = await gradientCheck({
    values: { a },
    loss: async () => 5,
    gradients: async () => ({ a: new Float64Array(2) }),
  });
  expect(errors).toEqual({ a: 0 });
});

test('values in f32 are refused, since differences would drown in rounding', async () => {
  const a = tensor(backend, [1], [1], 'f32');
  const check = { values: { a }, loss: async () => 0, gradients: async () => ({ a: new Float32Array(1) }) };
  await expect(gradientCheck(check)).rejects.toThrow('expected a in f64, got f32');
});

test('a missing gradient, or one of another size, is refused', async () => {
  const a = tensor(backend, [1, 2], [2], 'f64');
  const check = { values: { a }, loss: async () => 0 };
  await expect(gradientCheck({ ...check, gradients: async () => ({}) })).rejects.toThrow(
    'expected a gradient of 2 numbers for a, got undefined',
  );
  const short = { a: new Float64Array(1) };
  await expect(gradientCheck({ ...check, gradients: async () => short })).rejects.toThrow('for a, got 1');
});
